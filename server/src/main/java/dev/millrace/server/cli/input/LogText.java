package dev.millrace.server.cli.input;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Text of a log field.
 *
 * <p>Servers escape quotes, backslashes and bytes that do not print as {@code \"}, {@code \\},
 * {@code \n}, {@code \t}, …, {@code \xHH}. With those undone a field is UTF-8. If it is not, nobody
 * knows its encoding, and it stays as it is written in the log, read as ISO 8859-1, so that no byte
 * is lost.
 */
final class LogText {
    private LogText() {}

    /** The text of a field in which nothing is escaped. */
    static String decode(byte[] line, int start, int end) {
        return utf8Or(line, start, end, line, start, end);
    }

    /** The text of a field in quotes. An escape that is none stays as it is. */
    static String unescape(byte[] line, int start, int end) {
        byte[] plain = new byte[end - start];
        int length = 0;
        int i = start;
        while (i < end) {
            byte one = line[i++];
            if (one != '\\' || i == end) {
                plain[length++] = one;
                continue;
            }
            byte escape = line[i++];
            if (escape == 'x' && i + 2 <= end && isHex(line[i]) && isHex(line[i + 1])) {
                plain[length++] = (byte) (hex(line[i]) << 4 | hex(line[i + 1]));
                i += 2;
                continue;
            }
            int meant = meaning(escape);
            if (meant < 0) {
                plain[length++] = '\\';
                plain[length++] = escape;
            } else {
                plain[length++] = (byte) meant;
            }
        }
        return utf8Or(plain, 0, length, line, start, end);
    }

    private static int meaning(byte escape) {
        return switch (escape) {
            case '"', '\\' -> escape;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'v' -> 0x0b;
            default -> -1;
        };
    }

    private static boolean isHex(byte digit) {
        return Character.digit(digit, 16) >= 0;
    }

    private static int hex(byte digit) {
        return Character.digit(digit, 16);
    }

    private static String utf8Or(
            byte[] plain, int from, int to, byte[] written, int start, int end) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(plain, from, to - from))
                    .toString();
        } catch (CharacterCodingException _) {
            return new String(written, start, end - start, StandardCharsets.ISO_8859_1);
        }
    }
}
