package dev.millrace.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** The example as a newcomer runs it. */
class WebNumbersTest {
    @TempDir Path folder;

    @Test
    void programPrintsItsNumbers() {
        List<String> lines = run();

        assertThat(lines)
                .contains(
                        "6 events are on disk",
                        "{data.country=de, data.url=/} {views=2, visitors=2}",
                        "{data.country=de, data.url=/prices} {views=1, visitors=1}",
                        "{data.country=fr, data.url=/} {views=1, visitors=1}",
                        "dead: java.lang.IllegalArgumentException: no country is known for not an"
                                + " address")
                .anyMatch(line -> line.endsWith("rows have changed"));
    }

    @Test
    void eventsThatAreSentAgainInTheSameFolderDoNotCountAgain() {
        List<String> first = run();
        List<String> second = run();

        assertThat(second).containsAll(first.stream().filter(line -> line.contains("{")).toList());
    }

    private List<String> run() {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, UTF_8));
        try {
            WebNumbers.main(new String[] {folder.toString()});
        } finally {
            System.setOut(console);
        }
        return printed.toString(UTF_8).lines().toList();
    }
}
