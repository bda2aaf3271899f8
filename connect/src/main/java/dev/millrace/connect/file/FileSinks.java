package dev.millrace.connect.file;

import dev.millrace.connect.lookup.Environment;
import dev.millrace.connect.lookup.UnusableSourceException;
import dev.millrace.core.connector.ConnectorException;
import dev.millrace.core.connector.Sink;
import dev.millrace.core.connector.SinkContext;
import dev.millrace.core.connector.SinkKind;
import dev.millrace.core.pipeline.DeclaredKind;
import dev.millrace.core.pipeline.Setting;
import dev.millrace.core.pipeline.Settings;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Sinks of kind {@code file}: whatever is put out, one JSON object a line, in files that are
 * complete when they can be seen. {@link FileSink} says how.
 *
 * <p>They lie in {@code directory}, which is below one folder of the server's: whoever may put a
 * pipeline can write nowhere else. Sinks may share a directory.
 */
public final class FileSinks implements SinkKind {
    private static final String DIRECTORY = "directory";
    private static final String GZIP = "gzip";
    private static final String SIZE = "size";
    private static final String AGE = "age";
    private static final long SIZE_DEFAULT = 128L << 20;
    private static final Duration AGE_DEFAULT = Duration.ofHours(1);

    private final Path root;
    private final Environment environment;

    /**
     * @param root below which all directories are; made when it is first needed
     */
    public FileSinks(Path root, Environment environment) {
        this.root = root.toAbsolutePath().normalize();
        this.environment = environment;
    }

    @Override
    public DeclaredKind declared() {
        return new DeclaredKind(
                "file",
                "{directory: archive, gzip: true, size: 128MiB, age: 1h}",
                List.of(
                        new Setting.Text(
                                DIRECTORY, true, "a folder like archive", Optional.empty()),
                        new Setting.Flag(GZIP),
                        new Setting.Size(SIZE, false, 1L << 10, 1L << 40),
                        new Setting.Time(AGE, false, Duration.ofSeconds(1), Duration.ofDays(366))));
    }

    @Override
    public Optional<String> problem(SinkContext context) {
        try {
            Path _ = directory(context.definition().settings());
            return Optional.empty();
        } catch (UnusableSourceException e) {
            return Optional.of(e.problem());
        }
    }

    @Override
    public Sink open(SinkContext context) throws ConnectorException {
        Settings settings = context.definition().settings();
        FileSettings files;
        try {
            files =
                    new FileSettings(
                            directory(settings),
                            context.pipeline() + "." + context.sink(),
                            settings.flag(GZIP),
                            settings.size(SIZE, SIZE_DEFAULT),
                            settings.duration(AGE, AGE_DEFAULT));
        } catch (UnusableSourceException e) {
            throw ConnectorException.lasting(e.problem());
        }
        try {
            Folders.makeBelow(root, files.directory());
            return new FileSink(files);
        } catch (IOException e) {
            throw ConnectorException.lasting(files.reason(e), e);
        }
    }

    private Path directory(Settings settings) throws UnusableSourceException {
        String text = environment.fill(settings.requiredText(DIRECTORY));
        Path directory;
        try {
            directory = root.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw new UnusableSourceException("the directory is no path: " + e.getReason());
        }
        if (!directory.startsWith(root)) {
            throw new UnusableSourceException(
                    "the directory must be below %s, where this server writes files; write a relative one, like archive, or start the server with another --files"
                            .formatted(root));
        }
        return directory;
    }
}
