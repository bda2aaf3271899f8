package dev.millrace.server.cli.input;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One line of an access log in the combined format of Apache and NGINX:
 *
 * <pre>{@code %h %l %u [%d/%b/%Y:%H:%M:%S %z] "%r" %>s %b "%{Referer}i" "%{User-Agent}i"}</pre>
 *
 * A field of {@code -} is null. The identity (second field) is not kept. The request is split into
 * method, target and protocol; one that is no request line is {@code path} as a whole, without a
 * method. How text is decoded: {@link LogText}.
 *
 * @param timestampMs epoch milliseconds
 * @param path the target up to its first question mark
 * @param query what follows the question mark; null without one
 */
record AccessLogLine(
        @Nullable String ip,
        @Nullable String user,
        long timestampMs,
        @Nullable String method,
        @Nullable String path,
        @Nullable String query,
        @Nullable String protocol,
        @Nullable Long status,
        @Nullable Long bytes,
        @Nullable String referrer,
        @Nullable String ua) {

    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder()
                    .appendPattern("dd/")
                    .appendText(
                            ChronoField.MONTH_OF_YEAR,
                            Map.ofEntries(
                                    Map.entry(1L, "Jan"),
                                    Map.entry(2L, "Feb"),
                                    Map.entry(3L, "Mar"),
                                    Map.entry(4L, "Apr"),
                                    Map.entry(5L, "May"),
                                    Map.entry(6L, "Jun"),
                                    Map.entry(7L, "Jul"),
                                    Map.entry(8L, "Aug"),
                                    Map.entry(9L, "Sep"),
                                    Map.entry(10L, "Oct"),
                                    Map.entry(11L, "Nov"),
                                    Map.entry(12L, "Dec")))
                    .appendPattern("/uuuu:HH:mm:ss xx")
                    .toFormatter(Locale.ROOT);

    /** Reads a line; empty if it is not in the combined format as a whole. */
    static Optional<AccessLogLine> parse(byte[] line) {
        try {
            return Optional.of(read(new LogCursor(line)));
        } catch (DateTimeException | LogCursor.Mismatch _) {
            return Optional.empty();
        }
    }

    private static AccessLogLine read(LogCursor line) {
        String ip = line.until(" ");
        line.until(" ");
        String user = line.until(" [");
        String time = line.until("] ");
        String request = line.quoted();
        line.expect(" ");
        Long status = line.number(" ");
        Long bytes = line.number(" ");
        String referrer = line.quoted();
        line.expect(" ");
        String ua = line.quoted();
        line.expectEnd();
        Request parts = Request.of(request);
        return new AccessLogLine(
                ip,
                user,
                timestampMs(time),
                parts.method,
                parts.path(),
                parts.query(),
                parts.protocol,
                status,
                bytes,
                referrer,
                ua);
    }

    private static long timestampMs(@Nullable String time) {
        if (time == null) {
            throw new LogCursor.Mismatch();
        }
        return OffsetDateTime.parse(time, TIME).toInstant().toEpochMilli();
    }

    private record Request(
            @Nullable String method, @Nullable String target, @Nullable String protocol) {
        static Request of(@Nullable String text) {
            if (text == null) {
                return new Request(null, null, null);
            }
            int first = text.indexOf(' ');
            if (first < 1 || !isMethod(text.substring(0, first))) {
                return new Request(null, text, null);
            }
            int last = text.lastIndexOf(' ');
            boolean hasProtocol = last > first && text.startsWith("HTTP/", last + 1);
            return new Request(
                    text.substring(0, first),
                    text.substring(first + 1, hasProtocol ? last : text.length()),
                    hasProtocol ? text.substring(last + 1) : null);
        }

        private static boolean isMethod(String word) {
            return word.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c == '-' || c == '_');
        }

        @Nullable String path() {
            int mark = target == null ? -1 : target.indexOf('?');
            return target == null || mark < 0 ? target : target.substring(0, mark);
        }

        @Nullable String query() {
            int mark = target == null ? -1 : target.indexOf('?');
            return target == null || mark < 0 ? null : target.substring(mark + 1);
        }
    }
}
