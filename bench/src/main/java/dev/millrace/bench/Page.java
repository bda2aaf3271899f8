package dev.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A page that people write, in which runs replace what stands between two marks.
 *
 * @param path where it is
 */
record Page(Path path) {
    static final Page BENCHMARKS = new Page(Path.of("docs", "benchmarks.md"));

    /**
     * Replaces a part.
     *
     * @param part its name, as in {@code <!-- part: begin -->} and {@code <!-- part: end -->}
     * @throws IOException if the page has no such part
     */
    void replace(String part, String text) throws IOException {
        String begin = "<!-- " + part + ": begin -->\n";
        String end = "<!-- " + part + ": end -->";
        String old = Files.readString(path);
        int from = old.indexOf(begin);
        int to = old.indexOf(end);
        if (from < 0 || to < from) {
            throw new IOException(path + " has no part " + part);
        }
        Files.writeString(path, old.substring(0, from + begin.length()) + text + old.substring(to));
    }
}
