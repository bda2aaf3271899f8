package dev.millrace.server.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

class AccessLogLineTest {
    private static final String WHOLE =
            "203.0.113.7 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a/b.gif?x=1&y=2 HTTP/1.0\" 200 2326"
                    + " \"http://www.example.com/start.html\" \"Mozilla/4.08 [en] (Win98; I ;Nav)\"";

    @Test
    void readsEveryFieldOfAWholeLine() {
        assertThat(parse(WHOLE))
                .isEqualTo(
                        new AccessLogLine(
                                "203.0.113.7",
                                "frank",
                                Instant.parse("2000-10-10T20:55:36Z").toEpochMilli(),
                                "GET",
                                "/a/b.gif",
                                "x=1&y=2",
                                "HTTP/1.0",
                                200L,
                                2326L,
                                "http://www.example.com/start.html",
                                "Mozilla/4.08 [en] (Win98; I ;Nav)"));
    }

    @Test
    void hyphensAreNull() {
        assertThat(parse("- - - [17/May/2015:10:05:03 +0000] \"-\" - - \"-\" \"-\""))
                .isEqualTo(
                        new AccessLogLine(
                                null,
                                null,
                                1431857103000L,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "GET / HTTP/1.1, GET, /, null, HTTP/1.1",
                "GET /x HTTP/2.0, GET, /x, null, HTTP/2.0",
                "GET /x, GET, /x, null, null",
                "GET /x?, GET, /x, '', null",
                "GET /x?a?b HTTP/1.1, GET, /x, a?b, HTTP/1.1",
                "GET /a b c HTTP/1.1, GET, /a b c, null, HTTP/1.1",
                "OPTIONS * HTTP/1.1, OPTIONS, *, null, HTTP/1.1",
                "CONNECT example.org:443 HTTP/1.1, CONNECT, example.org:443, null, HTTP/1.1",
                "GET http://example.org/x?y HTTP/1.1, GET, http://example.org/x, y, HTTP/1.1",
                "M-SEARCH * HTTP/1.1, M-SEARCH, *, null, HTTP/1.1",
                "hello, null, hello, null, null",
                "'', null, '', null, null",
                "get me in?, null, get me in, '', null",
            })
    void splitsRequests(String request, String method, String path, String query, String protocol) {
        AccessLogLine line = parse(withRequest(request));

        assertThat(line.method()).isEqualTo(method);
        assertThat(line.path()).isEqualTo(path);
        assertThat(line.query()).isEqualTo(query);
        assertThat(line.protocol()).isEqualTo(protocol);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "say \\\"hi\\\", say \"hi\"",
                "back\\\\slash, back\\slash",
                "caf\\xc3\\xa9, café",
                "caf\\xC3\\xA9, café",
                "\\x22\\x5C, \"\\",
                "\\q stays, \\q stays",
                "\\xZZ stays, \\xZZ stays",
                "cut \\xc, cut \\xc",
                "ends in \\\\, ends in \\",
            })
    void undoesEscapesOfQuotedFields(String written, String meant) {
        assertThat(parse(withUserAgent(written)).ua()).isEqualTo(meant);
    }

    @Test
    void aTabIsATab() {
        assertThat(parse(withUserAgent("a\\tb\\x09c")).ua()).isEqualTo("a\tb\tc");
    }

    @Test
    void whatIsNotUtf8StaysAsItIsWritten() {
        assertThat(parse(withUserAgent("\\xe4\\xe5 \\\"x\\\"")).ua())
                .isEqualTo("\\xe4\\xe5 \\\"x\\\"");
        byte[] raw = withUserAgent("caf\u00e9").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(AccessLogLine.parse(raw).orElseThrow().ua()).isEqualTo("café");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2001:db8::7", "::1", "::ffff:203.0.113.7", "host.example.org"})
    void clientsMayBeAnything(String client) {
        assertThat(parse(WHOLE.replace("203.0.113.7", client)).ip()).isEqualTo(client);
    }

    @ParameterizedTest
    @ValueSource(strings = {"john doe", "a[b", "\"\"", "dömäin\\user"})
    void usersMayHaveBlanksAndBrackets(String user) {
        assertThat(parse(WHOLE.replace("frank", user)).user()).isEqualTo(user);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
            })
    void knowsEveryMonthWhateverTheLocale(String month) {
        assertThat(AccessLogLine.parse(utf8(WHOLE.replace("Oct", month)))).isPresent();
    }

    @Test
    void blanksAtTheEndDoNotMatter() {
        assertThat(parse(WHOLE + "  ")).isEqualTo(parse(WHOLE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hello",
                "{\"id\": \"a\"}",
                "203.0.113.7",
                "203.0.113.7 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326",
                "203.0.113.7 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326 \"-\"",
                "203.0.113.7 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326 \"-\" \"cut",
                "203.0.113.7 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326 \"-\" \"cut\\",
                "203.0.113.7 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326 \"-\" \"cut\\\"",
                "203.0.113.7 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326 \"-\" \"x\" more",
                "203.0.113.7 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 2x0 2326 \"-\" \"x\"",
                "203.0.113.7 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 -1 \"-\" \"x\"",
                "203.0.113.7 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 9999999999999999999 \"-\" \"x\"",
                "203.0.113.7 - - [10/Xyz/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1 \"-\" \"x\"",
                "203.0.113.7 - - [32/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1 \"-\" \"x\"",
                "203.0.113.7 - - [10/Oct/2000:13:55:36] \"GET / HTTP/1.0\" 200 1 \"-\" \"x\"",
                "203.0.113.7 - - [-] \"GET / HTTP/1.0\" 200 1 \"-\" \"x\"",
            })
    void anythingElseIsNotInTheFormat(String line) {
        assertThat(AccessLogLine.parse(utf8(line))).isEmpty();
    }

    private static String withRequest(String request) {
        return WHOLE.replace("GET /a/b.gif?x=1&y=2 HTTP/1.0", request);
    }

    private static String withUserAgent(String ua) {
        return WHOLE.replace("Mozilla/4.08 [en] (Win98; I ;Nav)", ua);
    }

    private static AccessLogLine parse(String line) {
        return AccessLogLine.parse(utf8(line)).orElseThrow();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
