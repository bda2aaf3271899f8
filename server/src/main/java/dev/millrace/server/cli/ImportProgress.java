package dev.millrace.server.cli;

import dev.millrace.server.client.Receipt;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How far an import is, as a bar on stderr if there is a terminal to see it. */
final class ImportProgress implements AutoCloseable {
    private static final long MEBIBYTE = 1 << 20;

    private final @Nullable ProgressBar bar;
    private long bytesOfFilesBefore;

    private ImportProgress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    static ImportProgress of(List<String> files) {
        if (!Terminal.isThere()) {
            return new ImportProgress(null);
        }
        return new ImportProgress(
                new ProgressBarBuilder()
                        .setTaskName("import")
                        .setInitialMax(totalBytes(files))
                        .setUnit(" MiB", MEBIBYTE)
                        .setStyle(ProgressBarStyle.ASCII)
                        .build());
    }

    /** The bytes of all files; -1 if that cannot be known. */
    private static long totalBytes(List<String> files) {
        try {
            long total = 0;
            for (String file : files) {
                if (file.equals("-")) {
                    return -1;
                }
                total += Files.size(Path.of(file));
            }
            return total;
        } catch (IOException _) {
            return -1;
        }
    }

    /**
     * @param bytesOfFile what was read of the present file
     * @param taken what the server has taken in all
     */
    void report(long bytesOfFile, Receipt taken) {
        if (bar != null) {
            bar.stepTo(bytesOfFilesBefore + bytesOfFile);
            bar.setExtraMessage(" " + taken);
        }
    }

    void endOfFile(long bytesOfFile) {
        bytesOfFilesBefore += bytesOfFile;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
