package dev.millrace.bench.redis;

import static dev.millrace.bench.redis.ViewCommands.VIEWS;
import static dev.millrace.bench.redis.ViewCommands.bytes;

import dev.millrace.bench.Clients;
import dev.millrace.bench.Input;
import dev.millrace.bench.Meter;
import dev.millrace.bench.Spec;
import dev.millrace.bench.TempFolder;

import redis.embedded.RedisServer;

import java.io.IOException;
import java.util.regex.Pattern;

/**
 * A real Redis with its append-only file, synced every second as is its default, and no snapshots.
 * As many clients as the contest allows threads.
 */
public final class RedisCount {
    private static final Pattern CPU_SECONDS =
            Pattern.compile("used_cpu_(?:sys|user)(?:_children)?:([0-9.]+)");

    private RedisCount() {}

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        int port = Clients.freePort();
        try (TempFolder folder = TempFolder.create()) {
            RedisServer server =
                    RedisServer.newRedisServer()
                            .bind("127.0.0.1")
                            .port(port)
                            .setting("dir " + folder.path())
                            .setting("save \"\"")
                            .setting("appendonly yes")
                            .setting("appendfsync everysec")
                            .build();
            server.start();
            try (RespConnection redis = new RespConnection(port)) {
                run(spec, port, redis);
            } finally {
                server.stop();
            }
        }
    }

    private static void run(Spec spec, int port, RespConnection redis) throws Exception {
        Meter meter = new Meter();
        Clients clients =
                new Clients(new Input(spec), spec.threads(), () -> new ViewCommands(port));
        clients.send(0, spec.warmUp());
        counted(redis, spec);
        double cpuBefore = cpuSeconds(redis);
        meter.start();
        clients.send(spec.warmUp(), spec.batches());
        meter.counted(counted(redis, spec));
        meter.otherCpu(cpuSeconds(redis) - cpuBefore);
        meter.finish(spec.measuredEvents());
    }

    /** The sum of all counts of all windows. */
    private static long counted(RespConnection redis, Spec spec) throws IOException {
        long sum = 0;
        long end = Input.START_MS + spec.batches() * Input.BATCH_MS;
        for (long window = Input.START_MS; window < end; window += Spec.SIZE_MS) {
            sum +=
                    redis.call(bytes("HVALS"), bytes(VIEWS + window)).stream()
                            .mapToLong(Long::parseLong)
                            .sum();
        }
        return sum;
    }

    /** Processor time of Redis so far, that of its children among it. */
    private static double cpuSeconds(RespConnection redis) throws IOException {
        return CPU_SECONDS
                .matcher(redis.call(bytes("INFO"), bytes("cpu")).getFirst())
                .results()
                .mapToDouble(used -> Double.parseDouble(used.group(1)))
                .sum();
    }
}
