package dev.millrace.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Events of the present time and of any size, of which every group has one before any has two, in
 * no order. Several generators share the groups. For one thread.
 */
final class GroupEvents implements Bodies {
    private static final String BEFORE_ID = "{\"id\":\"";
    private static final String BEFORE_TIME = "\",\"timestamp\":";
    private static final String BEFORE_GROUP =
            ",\"type\":\"v\",\"source\":\"s\",\"data\":{\"p\":\"";
    private static final String BEFORE_PAD = "\",\"x\":\"";
    private static final String END = "\"}}\n";
    private static final int RUN_CHARS = 3;
    private static final int SEQUENCE_DIGITS = 11;
    private static final int TIME_DIGITS = 13;
    private static final int GROUP_DIGITS = 8;
    private static final int SEQUENCE_AT = BEFORE_ID.length() + RUN_CHARS;
    private static final int TIME_AT = SEQUENCE_AT + SEQUENCE_DIGITS + BEFORE_TIME.length();
    private static final int GROUP_AT = TIME_AT + TIME_DIGITS + BEFORE_GROUP.length();
    private static final int BARE_BYTES = GROUP_AT + GROUP_DIGITS + END.length();

    /** Has no factor in common with a power of ten. */
    private static final long STRIDE = 618_033_989;

    private final byte[] template;
    private final int bytes;
    private final int groups;
    private final AtomicLong next;

    /**
     * @param run three characters that no other run against this server has
     * @param next the number of the next event, which generators of a run share
     */
    GroupEvents(String run, AtomicLong next, CurvePoint point) {
        this.bytes = point.payloadBytes();
        this.groups = point.groups();
        this.next = next;
        this.template =
                line(run).repeat(point.eventsPerRequest()).getBytes(StandardCharsets.US_ASCII);
    }

    private String line(String run) {
        String head =
                BEFORE_ID
                        + run
                        + "0".repeat(SEQUENCE_DIGITS)
                        + BEFORE_TIME
                        + "1".repeat(TIME_DIGITS)
                        + BEFORE_GROUP
                        + "0".repeat(GROUP_DIGITS);
        int pad = bytes - BARE_BYTES;
        if (pad < 0) {
            throw new IllegalArgumentException(
                    "an event has %d bytes or more, not %d".formatted(BARE_BYTES, bytes));
        }
        // Too little for a field of its own is white space.
        return pad < BEFORE_PAD.length()
                ? head + END.stripTrailing() + " ".repeat(pad) + "\n"
                : head + BEFORE_PAD + text(pad - BEFORE_PAD.length()) + END;
    }

    /** Words that come again, as in what people send; it packs to about a quarter. */
    private static String text(int length) {
        Random random = new Random(length);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            int word = random.nextInt(2_000);
            text.append(Integer.toString(word * 7_919 + 1_000_003, 36)).append(' ');
        }
        return text.substring(0, length);
    }

    @Override
    public byte[] next() {
        byte[] body = Arrays.copyOf(template, template.length);
        long nowMs = System.currentTimeMillis();
        long sequence = next.getAndAdd(body.length / bytes);
        for (int at = 0; at < body.length; at += bytes) {
            WebEvents.digits(body, at + SEQUENCE_AT, SEQUENCE_DIGITS, sequence);
            WebEvents.digits(body, at + TIME_AT, TIME_DIGITS, nowMs);
            WebEvents.digits(body, at + GROUP_AT, GROUP_DIGITS, sequence * STRIDE % groups);
            sequence++;
        }
        return body;
    }
}
