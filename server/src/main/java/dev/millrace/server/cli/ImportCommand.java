package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;
import dev.millrace.core.pipeline.Durations;
import dev.millrace.server.cli.input.BatchReader;
import dev.millrace.server.cli.input.EventLines;
import dev.millrace.server.cli.input.InputFile;
import dev.millrace.server.client.Batch;
import dev.millrace.server.client.EventSender;
import dev.millrace.server.client.MillraceClient;
import dev.millrace.server.client.Patience;
import dev.millrace.server.client.Receipt;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

/** {@code millrace import}: sends files of events to a server. */
@Command(
        name = "import",
        description = {
            "Sends files of events to a server, in their order.",
            "Sending a file again is safe: within the pipeline's dedupe horizon no event counts twice."
        })
final class ImportCommand implements Callable<Integer> {
    /** What the lines of a file are. */
    enum Format {
        NDJSON,
        COMBINED
    }

    @Mixin private final ClientOptions client = new ClientOptions();

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Files of lines, also packed by gzip; - is standard input.")
    private List<String> files = List.of();

    @Option(
            names = "--pipeline",
            paramLabel = "P",
            required = true,
            description = "The pipeline that takes the events.")
    private String pipeline = "";

    @Option(
            names = "--format",
            paramLabel = "ndjson|combined",
            required = true,
            converter = FormatConverter.class,
            description = "One JSON event a line, or the access log of Apache and NGINX.")
    private Format format = Format.NDJSON;

    @Option(
            names = "--source",
            paramLabel = "S",
            description = "The source of the events that log lines become.")
    private @Nullable String source;

    @Option(names = "--rate", paramLabel = "N", description = "Send at most N events a second.")
    private @Nullable Integer rate;

    @Option(
            names = "--advance",
            fallbackValue = "true",
            description = "Close all windows at the end.")
    private boolean advance;

    @Option(
            names = "--history",
            fallbackValue = "true",
            description = {
                "The events are old ones, loaded beside the live ones:",
                "never late, moving no watermark, raising no alert."
            })
    private boolean history;

    @Option(
            names = "--retry-for",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = DurationConverter.class,
            description =
                    "How long to go on with a server that is full, failing or gone (default:"
                            + " ${DEFAULT-VALUE}).")
    private Duration retryFor = Duration.ofSeconds(60);

    @Spec private @Nullable CommandSpec spec;

    private Receipt taken = Receipt.NONE;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        EventLines events = events(line);
        Pace pace = pace(line);
        if (history && advance) {
            throw new ParameterException(
                    line,
                    "--advance closes windows by moving the watermark, and --history moves none;"
                            + " use one of them");
        }
        try (MillraceClient server = client.connect();
                ImportProgress progress = ImportProgress.of(files)) {
            EventSender sender = new EventSender(server, pipeline, history, new Patience(retryFor));
            for (String file : files) {
                send(file, events, pace, sender, progress);
            }
            if (advance) {
                sender.advance();
            }
        } catch (MillraceException e) {
            throw new MillraceException("%s (until then: %s)".formatted(e.getMessage(), taken), e);
        }
        line.getOut().println(taken);
        return MillraceCommand.DONE;
    }

    private void send(
            String name,
            EventLines events,
            Pace pace,
            EventSender sender,
            ImportProgress progress) {
        try (InputFile file = InputFile.open(name, System.in)) {
            BatchReader batches = new BatchReader(file, events, pace.batchLines());
            Batch batch = batches.next();
            while (batch != null) {
                Receipt receipt = sender.send(batch);
                taken = taken.plus(receipt);
                progress.report(file.bytesRead(), taken);
                pace.keep(receipt.events());
                batch = batches.next();
            }
            progress.endOfFile(file.bytesRead());
        }
    }

    private EventLines events(CommandLine line) {
        return switch (format) {
            case NDJSON -> {
                if (source != null) {
                    throw new ParameterException(
                            line,
                            "--source goes with --format combined; an event of ndjson has its own");
                }
                yield EventLines.ndjson();
            }
            case COMBINED -> {
                if (source == null) {
                    throw new ParameterException(
                            line,
                            "--format combined needs --source, since a log line names no site");
                }
                yield EventLines.combined(source);
            }
        };
    }

    private Pace pace(CommandLine line) {
        if (rate == null) {
            return Pace.unlimited();
        }
        if (rate < 1) {
            throw new ParameterException(line, "--rate must be 1 or more, not " + rate);
        }
        return Pace.of(rate);
    }

    private static final class FormatConverter implements ITypeConverter<Format> {
        @Override
        public Format convert(String value) {
            return switch (value) {
                case "ndjson" -> Format.NDJSON;
                case "combined" -> Format.COMBINED;
                default ->
                        throw new TypeConversionException(
                                "must be ndjson or combined, not \"%s\"".formatted(value));
            };
        }
    }

    private static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return Durations.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
