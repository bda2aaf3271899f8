package dev.millrace.core.detect;

/** To which side a value leaves its baseline. */
public enum Direction {
    SURGE,
    DROP
}
