package dev.millrace.bench.redis;

import dev.millrace.bench.Client;
import dev.millrace.bench.Spec;
import dev.millrace.bench.WebEvents;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What an application does with Redis per event, each command awaited before the next: remember the
 * id for an hour, and unless it was there count the page in its window, add the visitor to the
 * window's HyperLogLog, and keep the event in a list. Events of bots are dropped before.
 */
final class ViewCommands implements Client {
    static final String VIEWS = "views:";

    private static final byte[] SET = bytes("SET");
    private static final byte[] NX = bytes("NX");
    private static final byte[] EX = bytes("EX");
    private static final byte[] HOUR = bytes("3600");
    private static final byte[] ONE = bytes("1");
    private static final byte[] HINCRBY = bytes("HINCRBY");
    private static final byte[] PFADD = bytes("PFADD");
    private static final byte[] LPUSH = bytes("LPUSH");

    private final RespConnection redis;

    ViewCommands(int port) throws IOException {
        this.redis = new RespConnection(port);
    }

    static byte[] bytes(String word) {
        return word.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int send(byte[] events) throws IOException {
        for (int at = 0; at < events.length; at += WebEvents.BYTES) {
            byte[] event = Arrays.copyOfRange(events, at, at + WebEvents.BYTES - 1);
            View view = View.parse(event);
            if (view.byPerson()) {
                send(view, event);
            }
        }
        return 0;
    }

    private void send(View view, byte[] event) throws IOException {
        if (redis.call(SET, bytes("seen:" + view.id()), ONE, NX, EX, HOUR).isEmpty()) {
            return;
        }
        long window = view.timestampMs() - view.timestampMs() % Spec.SIZE_MS;
        redis.call(HINCRBY, bytes(VIEWS + window), bytes(view.path()), ONE);
        redis.call(PFADD, bytes("visitors:" + window), bytes(view.visitor()));
        redis.call(LPUSH, bytes("events:" + window), event);
    }

    @Override
    public void close() throws IOException {
        redis.close();
    }
}
