package dev.millrace.server.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.MillraceException;
import dev.millrace.server.client.Batch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

class InputFileTest {
    @TempDir Path folder;

    @Test
    void cutsLinesAtLineFeedsAndDropsReturns() {
        assertThat(linesOf("a\nb\r\n\nc\rd\n")).containsExactly("a", "b", "", "c\rd");
    }

    @Test
    void theLastLineNeedsNoLineFeed() {
        assertThat(linesOf("a\nb")).containsExactly("a", "b");
        assertThat(linesOf("a\n")).containsExactly("a");
        assertThat(linesOf("")).isEmpty();
        assertThat(linesOf("\n")).containsExactly("");
    }

    @Test
    void linesMayBeLongerThanTheBufferAndEndWithIt() {
        for (int length : new int[] {65_535, 65_536, 65_537, 200_000, 1 << 20}) {
            String line = "x".repeat(length);
            assertThat(linesOf(line + "\nend\n")).containsExactly(line, "end");
            assertThat(linesOf(line)).containsExactly(line);
        }
    }

    @Test
    void aLineLongerThanAnyEventIsRefusedWithItsNumber() {
        assertThatThrownBy(() -> linesOf("a\n" + "x".repeat((1 << 20) + 1)))
                .isInstanceOf(MillraceException.class)
                .hasMessage(
                        "standard input:2: the line is longer than 1 MiB, which is the most that an event may have");
    }

    @Test
    void unpacksGzipWhateverItsName() throws IOException {
        Path file = folder.resolve("access.log");
        Files.write(file, gzip("a\nb\n"));

        assertThat(lines(InputFile.open(file.toString(), InputStream.nullInputStream())))
                .containsExactly("a", "b");
    }

    @Test
    void readsAFileThatIsOnlyCalledGzip() throws IOException {
        Path file = folder.resolve("plain.gz");
        Files.writeString(file, "a\n");

        assertThat(lines(InputFile.open(file.toString(), InputStream.nullInputStream())))
                .containsExactly("a");
    }

    @Test
    void unpacksAllMembersEvenIfThePipeHasNothingMoreJustThen() throws IOException {
        byte[] members = concat(gzip("a\nb"), gzip("c\n"), gzip(""), gzip("d\n"));

        assertThat(lines(InputFile.open("-", new Trickle(members))))
                .containsExactly("a", "bc", "d");
    }

    @Test
    void gzipThatIsCutShortIsToldApartFromItsEnd() throws IOException {
        byte[] whole = gzip("some line\n".repeat(1_000));
        byte[] cut = Arrays.copyOf(whole, whole.length - 12);

        assertThatThrownBy(() -> lines(InputFile.open("-", new ByteArrayInputStream(cut))))
                .isInstanceOf(MillraceException.class)
                .hasMessage("standard input is cut short: its gzip data has no end");
    }

    @Test
    void damagedGzipIsNamed() throws IOException {
        byte[] damaged = gzip("some line\n".repeat(1_000));
        damaged[damaged.length - 6] ^= 1;

        assertThatThrownBy(() -> lines(InputFile.open("-", new ByteArrayInputStream(damaged))))
                .isInstanceOf(MillraceException.class)
                .hasMessageStartingWith("standard input is damaged");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> InputFile.open("no/such.log", InputStream.nullInputStream()))
                .isInstanceOf(MillraceException.class)
                .hasMessage("no/such.log cannot be read: there is no such file");
    }

    @Test
    void batchesEndAtTheirLinesAndAtTheirBytes() {
        InputFile short3 = open("1\n2\n3\n");
        BatchReader byLines = new BatchReader(short3, EventLines.ndjson(), 2);
        assertThat(text(byLines.next())).isEqualTo("1\n2\n");
        Batch last = byLines.next();
        assertThat(text(last)).isEqualTo("3\n");
        assertThat(last.firstLine()).isEqualTo(3);
        assertThat(byLines.next()).isNull();

        String big = "x".repeat(BatchReader.BATCH_BYTES / 2);
        BatchReader byBytes =
                new BatchReader(open((big + "\n").repeat(3)), EventLines.ndjson(), 1_000);
        assertThat(byBytes.next().length()).isEqualTo(2 * (big.length() + 1));
        assertThat(byBytes.next().length()).isEqualTo(big.length() + 1);
        assertThat(byBytes.next()).isNull();
    }

    private static String text(Batch batch) {
        return new String(batch.bytes(), 0, batch.length(), StandardCharsets.UTF_8);
    }

    private static InputFile open(String content) {
        return InputFile.open(
                "-", new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> linesOf(String content) {
        return lines(open(content));
    }

    private static List<String> lines(InputFile file) {
        try (file) {
            LineReader reader = new LineReader(file);
            List<String> lines = new ArrayList<>();
            for (byte[] line = reader.next(); line != null; line = reader.next()) {
                lines.add(new String(line, StandardCharsets.UTF_8));
                assertThat(reader.number()).isEqualTo(lines.size());
            }
            return lines;
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** A pipe into which somebody writes byte by byte: nothing is ever available. */
    private static final class Trickle extends ByteArrayInputStream {
        Trickle(byte[] bytes) {
            super(bytes);
        }

        @Override
        public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(length, 1));
        }

        @Override
        public synchronized int available() {
            return 0;
        }
    }
}
