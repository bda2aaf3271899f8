package dev.millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Runs a contestant in a process of its own. When it has ended, or this process ends, nothing that
 * it started goes on, and what it wrote is gone.
 */
final class Fork {
    private static final int LINES_SHOWN = 40;
    private static final long LIMIT_MINUTES = 10;

    /** How long one that was told to end may take. */
    private static final long GRACE_SECONDS = 5;

    private Fork() {}

    /**
     * One turn of a contestant, which is over with its result: an orderly end of a cluster or a
     * broker takes longer than the turn.
     *
     * @throws IOException if it ended without a result; what it said last is in the message
     */
    static Turn run(Contestant contestant) throws IOException {
        return results(contestant, 1).getFirst();
    }

    /**
     * All results of a contestant that reports more than one, in the order in which it does.
     *
     * @return one or more
     * @throws IOException if it failed, before or after some; what it said last is in the message
     */
    static List<Turn> results(Contestant contestant) throws IOException {
        return results(contestant, Integer.MAX_VALUE);
    }

    private static List<Turn> results(Contestant contestant, int most) throws IOException {
        try (TempFolder folder = TempFolder.create()) {
            AtomicReference<Process> running = new AtomicReference<>();
            // There before the process is: while this one ends, none can be started any more.
            Thread atExit = new Thread(() -> endAtExit(running, folder));
            Runtime.getRuntime().addShutdownHook(atExit);
            Process process =
                    new ProcessBuilder(contestant.command(folder.path()))
                            .redirectErrorStream(true)
                            .start();
            running.set(process);
            Thread watch = Thread.ofVirtual().start(() -> watch(process));
            try {
                return results(contestant, process, most);
            } finally {
                watch.interrupt();
                Runtime.getRuntime().removeShutdownHook(atExit);
                end(process);
            }
        }
    }

    private static List<Turn> results(Contestant contestant, Process process, int most)
            throws IOException {
        List<Turn> turns = new ArrayList<>();
        Deque<String> said = new ArrayDeque<>();
        try (BufferedReader output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = output.readLine();
            while (line != null) {
                Turn.parse(line).ifPresent(turns::add);
                said.add(line);
                if (said.size() > LINES_SHOWN) {
                    said.remove();
                }
                line = turns.size() < most ? output.readLine() : null;
            }
        }
        if (turns.isEmpty() || turns.size() < most && !endsWell(process)) {
            throw new IOException(
                    "%s failed after %d results:%n%s"
                            .formatted(contestant.name(), turns.size(), String.join("\n", said)));
        }
        return turns;
    }

    private static boolean endsWell(Process process) {
        try {
            return process.waitFor() == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void watch(Process process) {
        try {
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                end(process);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static void endAtExit(AtomicReference<Process> running, TempFolder folder) {
        Process process = running.get();
        if (process != null) {
            end(process);
        }
        try {
            folder.close();
        } catch (IOException | UncheckedIOException left) {
            System.err.println("left behind: " + folder.path());
        }
    }

    /** Lets it end by itself for a while, then kills what is left of it and its servers. */
    private static void end(Process process) {
        List<ProcessHandle> all =
                Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        process.destroy();
        try {
            boolean _ = process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().join());
    }
}
