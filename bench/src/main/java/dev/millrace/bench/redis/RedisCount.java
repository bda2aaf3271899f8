package dev.millrace.bench.redis;

import static dev.millrace.bench.redis.ViewCommands.VIEWS;
import static dev.millrace.bench.redis.ViewCommands.bytes;

import dev.millrace.bench.EventLoad;
import dev.millrace.bench.Input;
import dev.millrace.bench.InputBodies;
import dev.millrace.bench.Meter;
import dev.millrace.bench.Spec;
import dev.millrace.bench.WarmUp;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** A real Redis with its append-only file, and as many clients as the contest allows threads. */
public final class RedisCount {
    private static final Pattern CPU_SECONDS =
            Pattern.compile("used_cpu_(?:sys|user)(?:_children)?:([0-9.]+)");

    private RedisCount() {}

    public static void main(String[] args) throws Exception {
        Spec spec = Spec.parse(args);
        try (LocalRedis server = LocalRedis.startWithFile();
                RespConnection redis = new RespConnection(server.port())) {
            run(spec, server.port(), redis);
        }
    }

    private static void run(Spec spec, int port, RespConnection redis) throws Exception {
        Meter meter = new Meter();
        InputBodies input = new InputBodies(spec);
        try (EventLoad load =
                EventLoad.of(input, spec.threads(), 1, () -> new ViewCommands(port))) {
            WarmUp.run(spec.warmUpSeconds(), load::seconds, () -> counted(redis));
            double cpuBefore = cpuSeconds(redis);
            meter.start();
            EventLoad.Sent sent = load.seconds(spec.seconds());
            meter.counted(counted(redis));
            meter.otherCpu(cpuSeconds(redis) - cpuBefore);
            meter.handedOut(input.people());
            meter.finish(sent.events(), spec);
        }
    }

    /** The sum of all counts of all windows. */
    private static long counted(RespConnection redis) throws IOException {
        long sum = 0;
        List<String> counts = redis.call(bytes("HVALS"), bytes(VIEWS + Input.START_MS));
        for (long window = Input.START_MS; !counts.isEmpty(); ) {
            sum += counts.stream().mapToLong(Long::parseLong).sum();
            window += Spec.SIZE_MS;
            counts = redis.call(bytes("HVALS"), bytes(VIEWS + window));
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
