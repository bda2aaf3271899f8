package dev.millrace.core.event;

/** How the events of a request body are written. */
public enum BodyFormat {
    /** One event object, or an array of them. Broken JSON spoils the whole body. */
    JSON,
    /** One event a line; blank lines are skipped. Broken JSON spoils its line. */
    NDJSON
}
