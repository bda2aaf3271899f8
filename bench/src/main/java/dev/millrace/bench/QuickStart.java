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
 * the variant {@code aot} with what was kept of a run of the demo, by the JDK and of native code,
 * made for the purpose as the script makes it. Each start has an empty data directory. The medians
 * are reported.
 */
public final class QuickStart {
    private static final int STARTS = 3;

    /** What the demo says once it has numbers, which is as long as the script trains it. */
    private static final String NUMBERS = "events/s;";

    private static final long IDLE_SECONDS = 2;
    private static final double MB_PER_KIB = 1.024e-3;

    private static final Path TARGET = Path.of("server", "target").toAbsolutePath();

    /** The jars of the server, as the script names them. */
    static final String CLASS_PATH =
            TARGET.resolve("millrace-server.jar") + ":" + TARGET.resolve("lib") + "/*";

    private static final List<String> MAIN =
            List.of("-Xlog:aot*=off", "-cp", CLASS_PATH, "dev.millrace.server.Main");

    private final Path cache;
    private final Path nativeCode;

    private QuickStart(Path folder) {
        this.cache = folder.resolve("millrace.aot");
        this.nativeCode = folder.resolve("native");
    }

    public static void main(String[] args) throws Exception {
        boolean aot = Spec.parse(args).variant().equals("aot");
        Meter meter = new Meter();
        try (TempFolder folder = TempFolder.create()) {
            QuickStart start = new QuickStart(folder.path());
            if (aot) {
                start.train();
                meter.figure("cache-MB", Files.size(start.cache) / 1e6);
            }
            start.measure(aot, meter);
        }
        meter.print();
    }

    private void train() throws IOException, InterruptedException {
        String recorded = "-XX:AOTConfiguration=" + cache + ".conf";
        List<String> command = new ArrayList<>(JavaCommand.ofServer());
        command.addAll(List.of("-XX:AOTMode=record", recorded));
        command.add("-Dmillrace.native.keep=" + nativeCode);
        command.addAll(MAIN);
        command.addAll(List.of("demo", "--port", "0"));
        record(command);
        command.clear();
        command.addAll(JavaCommand.ofServer());
        command.addAll(List.of("-XX:AOTMode=create", recorded, "-XX:AOTCache=" + cache));
        command.addAll(List.of("-Xlog:aot*=off", "-cp", CLASS_PATH));
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (!Files.exists(cache) || !Files.exists(nativeCode)) {
            throw new IOException("nothing was kept for quick starts; status " + status);
        }
    }

    private static void record(List<String> command) throws IOException, InterruptedException {
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
        int _ = demo.waitFor();
    }

    private void measure(boolean aot, Meter meter) throws IOException, InterruptedException {
        double[] readySeconds = new double[STARTS];
        double[] idleMb = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            List<String> arguments = new ArrayList<>();
            arguments.addAll(
                    aot
                            ? List.of("-XX:AOTCache=" + cache, "-Djava.library.path=" + nativeCode)
                            : List.of());
            arguments.addAll(MAIN);
            arguments.addAll(List.of("serve", "--port", "0", "--data"));
            try (ServerUnderTest server =
                    ServerUnderTest.start(JavaCommand.ofServer(), arguments)) {
                readySeconds[i] = server.readySeconds();
                TimeUnit.SECONDS.sleep(IDLE_SECONDS);
                idleMb[i] = server.residentKiB() * MB_PER_KIB;
            }
        }
        Arrays.sort(readySeconds);
        Arrays.sort(idleMb);
        meter.figure("ready-s", readySeconds[STARTS / 2]);
        meter.figure("idle-MB", idleMb[STARTS / 2]);
    }
}
