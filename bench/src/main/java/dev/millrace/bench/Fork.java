package dev.millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs a contestant in a process of its own. */
final class Fork {
    private static final int LINES_SHOWN = 40;
    private static final long LIMIT_MINUTES = 10;

    private Fork() {}

    /**
     * One turn of a contestant.
     *
     * @throws IOException if it ended without a result; what it said last is in the message
     */
    static Turn run(Contestant contestant) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(contestant.arguments());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread watch =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                                    process.destroyForcibly();
                                }
                            } catch (InterruptedException ended) {
                                process.destroyForcibly();
                            }
                        });
        Optional<Turn> turn = Optional.empty();
        Deque<String> said = new ArrayDeque<>();
        try (BufferedReader output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                turn = turn.isPresent() ? turn : Turn.parse(line);
                said.add(line);
                if (said.size() > LINES_SHOWN) {
                    said.remove();
                }
            }
        } finally {
            watch.interrupt();
        }
        return turn.orElseThrow(() ->
                new IOException(
                        contestant.name() + " gave no result:\n" + String.join("\n", said)));
    }
}
