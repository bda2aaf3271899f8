package dev.millrace.server.http;

import io.helidon.http.Status;

import java.util.Locale;

/**
 * Every way in which a request is refused. The name in lower case is the {@code <code>} of {@code
 * urn:millrace:<code>}.
 */
enum ProblemType {
    MALFORMED(Status.BAD_REQUEST_400, "The body cannot be read"),
    INVALID_REQUEST(Status.BAD_REQUEST_400, "The request is wrong"),
    UNSUPPORTED(Status.BAD_REQUEST_400, "This version cannot do that"),
    NO_SUCH_PIPELINE(Status.NOT_FOUND_404, "There is no such pipeline"),
    NO_SUCH_AGGREGATE(Status.NOT_FOUND_404, "There is no such aggregate"),
    NOT_FOUND(Status.NOT_FOUND_404, "There is nothing here"),
    NO_SUCH_VERSION(Status.NOT_FOUND_404, "There is no such version"),
    METHOD_NOT_ALLOWED(Status.METHOD_NOT_ALLOWED_405, "The method does not fit the path"),
    TIMEOUT(Status.REQUEST_TIMEOUT_408, "The body came too slowly"),
    BACKFILL_RUNNING(Status.CONFLICT_409, "A backfill is under way"),
    TOO_LARGE(Status.REQUEST_ENTITY_TOO_LARGE_413, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(Status.UNSUPPORTED_MEDIA_TYPE_415, "The body is of the wrong type"),
    INVALID_PIPELINE(Status.UNPROCESSABLE_CONTENT_422, "The pipeline definition is wrong"),
    QUEUE_FULL(Status.TOO_MANY_REQUESTS_429, "There is no room at the moment"),
    BACKUP_FAILED(Status.INTERNAL_SERVER_ERROR_500, "The backup could not be made"),
    INTERNAL(Status.INTERNAL_SERVER_ERROR_500, "The server failed"),
    LEDGER_UNBALANCED(Status.SERVICE_UNAVAILABLE_503, "The numbers cannot be believed"),
    STORAGE_UNAVAILABLE(Status.SERVICE_UNAVAILABLE_503, "Events cannot be stored");

    private final Status status;
    private final String title;

    ProblemType(Status status, String title) {
        this.status = status;
        this.title = title;
    }

    Status status() {
        return status;
    }

    String title() {
        return title;
    }

    /** The {@code type} of RFC 9457. */
    String urn() {
        return "urn:millrace:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
