package dev.millrace.server.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Values of events that would like to be more than text, in every field of every page. */
class HostileTextTest {
    private static final List<String> CORPUS =
            List.of(
                    "<script>window.hit = 1</script>",
                    "<img src=x onerror='window.hit = 1; alert(1)'>",
                    "\"><svg onload=alert(1)><a href=\"javascript:alert(1)\">x</a>",
                    "</textarea></pre></title><iframe src=https://elsewhere.example></iframe>",
                    "' onmouseover='alert(1)' style='position:fixed;inset:0",
                    "<style>@import 'https://elsewhere.example/x.css'; * {display: none}</style>",
                    "javascript:alert(1)",
                    "https://elsewhere.example/a.png",
                    "{{constructor.constructor('alert(1)')()}} ${alert(1)}",
                    "\u202egnp.exe\u202d \u2066isolated \u200f\u061c\u2069\u2067",
                    "a\u0000b\u0001c\u001b[31md\u0085e\u2028f\u2029g\ufeff",
                    "one\r\n\r\nevent: snapshot\r\ndata: []\r\n\r\n",
                    "data: {}\n\n: comment\nid: 99999999\nretry: 1\n",
                    "../../../../etc/passwd?x=1&group.source=b#/dead-letters",
                    "%3Cscript%3Ealert(1)%3C/script%3E %00 %zz",
                    "\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67 Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324 \ufdfd",
                    "__proto__",
                    "\u0627\u0644\u0645\u0648\u0642\u0639 <b>bold</b>",
                    "W".repeat(10_000),
                    "<b>".repeat(3_000));

    private static final int SOURCE_CHARS_MAX = 256;
    private static final int ID_CHARS_MAX = 100;

    @RegisterExtension static final Chromium CHROMIUM = new Chromium();
    @TempDir Path data;

    @Test
    void staysTextOnEveryPage() {
        try (Sites sites = Sites.start(data)) {
            List<String> sources = send(sites);
            for (Look look : List.of(Look.WIDE, Look.PHONE)) {
                try (Window window = CHROMIUM.open(sites.address(), look)) {
                    window.go("/").isState("live").sees(".sites-list li:nth-child(5)");
                    requireHarmless(window);
                    window.shoot("hostile-sites");
                    for (String source : sources) {
                        window.goToSite(source).isState("live").shows("[data-online]", 20);
                        window.sees(".list .ranks li");
                        requireHarmless(window);
                    }
                    window.shoot("hostile-site");
                    window.go("/operations").isState("live").sees(".stage");
                    requireHarmless(window);
                    window.go("/dead-letters").sees(".cause");
                    openAllCauses(window);
                    window.shoot("hostile-letters");
                    window.hasNoTrouble();
                }
            }
        }
    }

    /** The markup is there to be read, and nothing of it is an element. */
    @Test
    void markupIsReadable() {
        try (Sites sites = Sites.start(data);
                Window window = CHROMIUM.open(sites.address(), Look.WIDE)) {
            send(sites);

            window.go("/").sees(".sites-list", "<script>window.hit = 1</script>");
            window.sees(".sites-list", "\\u202egnp.exe");
            window.goToSite(CORPUS.getFirst()).sees("h1", "<script>window.hit = 1</script>");
            window.sees(".lists", "<img src=x onerror=");
            window.hasNoTrouble();
        }
    }

    private static void openAllCauses(Window window) {
        int causes = window.find(".cause").count();
        assertThat(causes).isGreaterThan(1);
        for (int i = 0; i < causes; i++) {
            window.find(".cause").nth(i).click();
            window.sees(".failure-text").sees(".lettertable label");
            requireHarmless(window);
        }
    }

    private static void requireHarmless(Window window) {
        assertThat(window.page().evaluate("window.hit")).isNull();
        assertThat(
                        window.find("main script, main iframe, main style, main img, main [onload]")
                                .count())
                .isZero();
        window.isLaidOutWell();
    }

    /** Each value as a source, an id and in every other field, some of them in events that fail. */
    private static List<String> send(Sites sites) {
        List<String> sources = new ArrayList<>();
        List<String> events = new ArrayList<>();
        for (int i = 0; i < CORPUS.size(); i++) {
            String source = first(CORPUS.get(i), SOURCE_CHARS_MAX);
            sources.add(source);
            for (int j = 0; j < CORPUS.size(); j++) {
                String value = CORPUS.get(j);
                events.add(
                        Sites.event(
                                source,
                                i + "-" + j + first(value, ID_CHARS_MAX),
                                Map.of(
                                        "buyer", value,
                                        "amount", 1L,
                                        "items", 2L,
                                        "article", value,
                                        "referrer", value,
                                        "ua", value)));
            }
            events.add(
                    Sites.event(
                            source,
                            "fails-" + i,
                            Map.of(CORPUS.get(i), 1L, "amount", CORPUS.get(i), "items", 2L)));
        }
        sites.send(events);
        // What admission refuses is shown too.
        for (String value : CORPUS) {
            sites.api()
                    .ingest(
                            Sites.PIPELINE,
                            List.of(Sites.event(value + "x".repeat(257), "long-source", Map.of())))
                    .hasStatus(202);
            sites.api().ingest(Sites.PIPELINE, List.of("{\"id\": " + value.replace("\n", " ")));
        }
        return sources;
    }

    private static String first(String text, int chars) {
        return text.length() <= chars ? text : text.substring(0, chars);
    }
}
