package dev.millrace.store;

import dev.millrace.core.letter.DeadLetter;
import dev.millrace.core.letter.LetterFilter;
import dev.millrace.core.letter.LetterKind;
import dev.millrace.core.letter.SourceLetters;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What the index says of a letter, so that it need not be read to be filtered or counted. As bytes:
 * kind {@code u8}, parked {@code u8}, last failure {@code i64}, fingerprint {@code i64}, size of
 * the stored letter {@code i32}, length of the stage {@code i32}, the stage and the source, UTF-8.
 *
 * @param fingerprint the sixteen digits as a number
 * @param bytes the stored letter's
 */
record LetterHeader(
        LetterKind kind,
        boolean parked,
        long lastFailedAtMs,
        long fingerprint,
        int bytes,
        String stage,
        String source) {
    private static final HexFormat HEX = HexFormat.of();
    private static final int FIXED = 2 + 2 * Long.BYTES + 2 * Integer.BYTES;

    static LetterHeader of(DeadLetter letter, int bytes) {
        return new LetterHeader(
                letter.kind(),
                letter.parked(),
                letter.lastFailedAtMs(),
                HexFormat.fromHexDigitsToLong(letter.fingerprint()),
                bytes,
                letter.stage(),
                letter.source());
    }

    /** A fingerprint as it is kept here; empty if {@code text} is none. */
    static Optional<Long> fingerprint(String text) {
        return text.matches("[0-9a-f]{16}")
                ? Optional.of(HexFormat.fromHexDigitsToLong(text))
                : Optional.empty();
    }

    static String text(long fingerprint) {
        return HEX.toHexDigits(fingerprint);
    }

    /** Sixty-four bits of a text (FNV-1a). Two texts may have the same. */
    static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (one & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    boolean matches(LetterFilter filter) {
        return filter.kind().map(wanted -> wanted == kind).orElse(true)
                && filter.stage().map(wanted -> wanted.equals(stage)).orElse(true)
                && filter.source().map(wanted -> wanted.equals(source)).orElse(true)
                && filter.parked().map(wanted -> wanted == parked).orElse(true)
                && filter.fingerprint()
                        .map(wanted -> wanted.equals(text(fingerprint)))
                        .orElse(true);
    }

    /** Whether the letter counts against the budget of its source. */
    boolean isOfSource() {
        return SourceLetters.counts(kind);
    }

    byte[] encode() {
        byte[] its = stage.getBytes(StandardCharsets.UTF_8);
        byte[] from = source.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(FIXED + its.length + from.length)
                .put((byte) kind.code())
                .put((byte) (parked ? 1 : 0))
                .putLong(lastFailedAtMs)
                .putLong(fingerprint)
                .putInt(bytes)
                .putInt(its.length)
                .put(its)
                .put(from)
                .array();
    }

    static LetterHeader decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        LetterKind kind = LetterKind.of(in.get());
        boolean parked = in.get() == 1;
        long lastFailedAtMs = in.getLong();
        long fingerprint = in.getLong();
        int size = in.getInt();
        int stage = in.getInt();
        return new LetterHeader(
                kind,
                parked,
                lastFailedAtMs,
                fingerprint,
                size,
                new String(bytes, FIXED, stage, StandardCharsets.UTF_8),
                new String(
                        bytes,
                        FIXED + stage,
                        bytes.length - FIXED - stage,
                        StandardCharsets.UTF_8));
    }
}
