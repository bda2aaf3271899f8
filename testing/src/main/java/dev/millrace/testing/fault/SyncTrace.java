package dev.millrace.testing.fault;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process wrote and synced, as strace noted it, so that its files can be cut to what a loss
 * of power would have left: of each file as many bytes as had been written when the last sync that
 * succeeded was begun. (What a real loss leaves may be more, in any part.)
 */
final class SyncTrace {
    private static final Pattern CALL =
            Pattern.compile("^(\\d+) +(write|pwrite64|fdatasync|fsync)\\(\\d+<([^>]+)>(.*)$");
    private static final Pattern RESUMED =
            Pattern.compile("^(\\d+) +<\\.\\.\\. (write|pwrite64|fdatasync|fsync) resumed>(.*)$");
    private static final Pattern RESULT = Pattern.compile("\\) += (-?\\d+).*$");
    private static final Pattern OF_ROCKS = Pattern.compile(".*(\\.log|\\.sst|/MANIFEST-\\d+)");

    private final Path log;
    private final Map<String, Long> written = new HashMap<>();
    private final Map<String, Long> synced = new TreeMap<>();

    /** By thread: what it has begun and strace has not shown the end of. */
    private final Map<String, Begun> begun = new HashMap<>();

    private record Begun(String call, String file, long written) {}

    /**
     * @param log a file for it to use
     */
    SyncTrace(Path log) {
        this.log = log;
    }

    /** What to start a process by, which is then a child of ours, with strace beside it. */
    List<String> wrapper() {
        return List.of(
                "strace",
                "-D",
                "-f",
                "--seccomp-bpf",
                "-y",
                "-s",
                "0",
                "-o",
                log.toString(),
                "-e",
                "trace=write,pwrite64,fdatasync,fsync");
    }

    /**
     * Once the process has been killed: cuts its files.
     *
     * @return the bytes that were cut off
     */
    long cutToLastSync(long pid) {
        await().atMost(Duration.ofSeconds(30)).until(() -> hasEnded(pid));
        try {
            Files.readAllLines(log).forEach(this::read);
            long cut = 0;
            for (String name : written.keySet()) {
                Path file = Path.of(name);
                if (OF_ROCKS.matcher(name).matches() && Files.exists(file)) {
                    cut += cut(file, synced.getOrDefault(name, 0L));
                }
            }
            return cut;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean hasEnded(long pid) throws IOException {
        return Files.readAllLines(log).stream()
                .anyMatch(line -> line.startsWith(pid + " ") && line.contains("+++"));
    }

    private static long cut(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long cut = Math.max(0, channel.size() - bytes);
            FileChannel _ = channel.truncate(bytes);
            return cut;
        }
    }

    private void read(String line) {
        Matcher call = CALL.matcher(line);
        if (call.matches()) {
            Begun one =
                    new Begun(
                            call.group(2), call.group(3), written.getOrDefault(call.group(3), 0L));
            if (call.group(4).contains("<unfinished ...>")) {
                begun.put(call.group(1), one);
            } else {
                end(one, call.group(4));
            }
            return;
        }
        Matcher resumed = RESUMED.matcher(line);
        if (resumed.matches()) {
            Begun one = begun.remove(resumed.group(1));
            if (one != null) {
                end(one, resumed.group(3));
            }
        }
    }

    private void end(Begun one, String rest) {
        Matcher result = RESULT.matcher(rest);
        if (!result.find() || Long.parseLong(result.group(1)) < 0) {
            return;
        }
        if (one.call().endsWith("sync")) {
            synced.merge(one.file(), one.written(), Math::max);
        } else {
            written.merge(one.file(), Long.parseLong(result.group(1)), Long::sum);
        }
    }
}
