package dev.millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts the server three times as the {@code millrace} script does: its jars, its options, and in
 * the variant {@code aot} with what the JDK kept of a run of the demo, made for the purpose as the
 * script makes it. Each start has an empty data directory. The medians are reported.
 */
public final class QuickStart {
    private static final int STARTS = 3;

    /** What the demo says once it has numbers, which is as long as the script trains it. */
    private static final String NUMBERS = "events/s;";

    private static final long IDLE_SECONDS = 2;
    private static final double MB_PER_MIB = 1.048576;

    private static final Path TARGET = Path.of("server", "target").toAbsolutePath();

    /** The jars of the server, as the script names them. */
    static final String CLASS_PATH =
            TARGET.resolve("millrace-server.jar") + ":" + TARGET.resolve("lib") + "/*";

    private static final List<String> MAIN =
            List.of("-Xlog:aot*=off", "-cp", CLASS_PATH, "dev.millrace.server.Main");

    private final Path cache;

    private QuickStart(Path cache) {
        this.cache = cache;
    }

    public static void main(String[] args) throws Exception {
        boolean aot = Spec.parse(args).variant().equals("aot");
        Meter meter = new Meter();
        try (TempFolder folder = TempFolder.create()) {
            QuickStart start = new QuickStart(folder.path().resolve("millrace.aot"));
            if (aot) {
                start.train();
                meter.figure("cache-MB", Files.size(start.cache) / 1e6);
            }
            start.measure(aot, meter);
        }
        meter.print();
    }

    private void train() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(JavaCommand.ofServer());
        command.add("-XX:AOTCacheOutput=" + cache);
        command.addAll(MAIN);
        command.addAll(List.of("demo", "--port", "0"));
        Process demo = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output = demo.inputReader()) {
            String line = output.readLine();
            while (line != null && !line.contains(NUMBERS)) {
                line = output.readLine();
            }
            // Not by the process, which closes what is read here.
            boolean _ = demo.toHandle().destroy();
            output.lines().forEach(_ -> {});
        }
        int status = demo.waitFor();
        if (!Files.exists(cache)) {
            throw new IOException("no cache was made; status " + status);
        }
    }

    private void measure(boolean aot, Meter meter) throws IOException, InterruptedException {
        double[] readySeconds = new double[STARTS];
        double[] idleMb = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            List<String> arguments = new ArrayList<>();
            arguments.addAll(aot ? List.of("-XX:AOTCache=" + cache) : List.of());
            arguments.addAll(MAIN);
            arguments.addAll(List.of("serve", "--port", "0", "--data"));
            try (ServerUnderTest server = ServerUnderTest.start(arguments)) {
                readySeconds[i] = server.readySeconds();
                TimeUnit.SECONDS.sleep(IDLE_SECONDS);
                idleMb[i] = server.residentMiB() * MB_PER_MIB;
            }
        }
        Arrays.sort(readySeconds);
        Arrays.sort(idleMb);
        meter.figure("ready-s", readySeconds[STARTS / 2]);
        meter.figure("idle-MB", idleMb[STARTS / 2]);
    }
}
