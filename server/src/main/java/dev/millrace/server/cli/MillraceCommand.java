package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** The {@code millrace} command itself, which has nothing to do but to name its sub-commands. */
@Command(
        name = "millrace",
        description = "Turns events into live numbers.",
        versionProvider = MillraceCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Every flag may also be MILLRACE_<FLAG> in the environment or a key of the",
            "config file: the flag beats the environment, which beats the file.",
            "`millrace COMMAND --help` tells more of a command."
        })
public final class MillraceCommand implements Runnable {
    /** The exit code of what went well. */
    static final int DONE = 0;

    /** The exit code of what went wrong. */
    static final int FAILED = 1;

    /** The exit code of a command that could not be understood. */
    static final int WRONG_USAGE = 2;

    private static final List<Class<?>> COMMANDS =
            List.of(
                    ServeCommand.class,
                    DemoCommand.class,
                    ImportCommand.class,
                    ApplyCommand.class,
                    PlanCommand.class,
                    RollbackCommand.class,
                    DeadLettersCommand.class,
                    BackupCommand.class,
                    RestoreCommand.class);

    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    boolean version;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description =
                    "YAML with flags as keys, for those that are not given (MILLRACE_CONFIG).")
    @Nullable Path config;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            fallbackValue = "true",
            description = "Show the stack trace of an error.")
    boolean verbose;

    @Option(
            names = "--help",
            scope = ScopeType.INHERIT,
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Spec private @Nullable CommandSpec spec;

    /**
     * Runs a command. Blocks until it is done; a server runs until a signal ends the process.
     *
     * @param environment the variables that stand for flags
     * @return the exit code: 0 done, 1 failed, 2 wrong usage
     */
    public static int run(
            String[] arguments, Map<String, String> environment, PrintWriter out, PrintWriter err) {
        MillraceCommand command = new MillraceCommand();
        CommandLine line = line(command, wanted(arguments));
        line.setOut(out);
        line.setErr(err);
        line.setParameterExceptionHandler(MillraceCommand::wrongUsage);
        line.setExecutionExceptionHandler((e, failed, _) -> command.failed(e, failed));
        try {
            Path file = ConfigFlag.find(arguments, environment);
            Configuration configuration =
                    Configuration.load(environment, file, MillraceCommand::flags);
            line.setDefaultValueProvider(configuration);
            return line.execute(arguments);
        } catch (MillraceException e) {
            err.println("millrace: " + e.getMessage());
            err.flush();
            return WRONG_USAGE;
        }
    }

    private static CommandLine line(MillraceCommand command, List<Class<?>> subcommands) {
        CommandLine line = new CommandLine(command);
        subcommands.forEach(line::addSubcommand);
        return line;
    }

    /** The one that comes first, as a start has no time for all of them; otherwise all. */
    private static List<Class<?>> wanted(String[] arguments) {
        return COMMANDS.stream()
                .filter(one ->
                        arguments.length > 0
                                && one.getAnnotation(Command.class).name().equals(arguments[0]))
                .findFirst()
                .<List<Class<?>>>map(List::of)
                .orElse(COMMANDS);
    }

    /** With all its commands. */
    static CommandLine all() {
        return line(new MillraceCommand(), COMMANDS);
    }

    /** The flags of all commands, without the dashes. */
    static Set<String> flags() {
        return flags(all());
    }

    private static Set<String> flags(CommandLine line) {
        Set<String> flags = new TreeSet<>();
        for (OptionSpec option : line.getCommandSpec().options()) {
            flags.add(Configuration.flagOf(option));
        }
        line.getSubcommands().values().forEach(command -> flags.addAll(flags(command)));
        return flags;
    }

    @Override
    public void run() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        line.usage(line.getErr());
        throw new ParameterException(line, "name a command");
    }

    private static int wrongUsage(ParameterException e, String[] arguments) {
        CommandLine line = e.getCommandLine();
        String message =
                e instanceof UnmatchedArgumentException unmatched
                        ? unmatched(unmatched, line)
                        : e.getMessage() + origin(e);
        String name = line.getCommandSpec().qualifiedName();
        line.getErr().println("millrace: " + Sentence.ofUsage(message));
        line.getErr().println("`" + name + " --help` tells what it takes.");
        return WRONG_USAGE;
    }

    private static String unmatched(UnmatchedArgumentException e, CommandLine line) {
        String argument = "\"" + e.getUnmatched().getFirst() + "\"";
        if (e.isUnknownOption()) {
            return "there is no flag " + argument;
        }
        return line.getParent() == null
                ? "there is no command " + argument
                : argument + " is one argument too many";
    }

    /** Where the value stands that could not be read, if it is not on the command line. */
    private static String origin(ParameterException e) {
        if (e.getArgSpec() == null
                || !(e.getCommandLine().getDefaultValueProvider() instanceof Configuration given)) {
            return "";
        }
        return given.setting(e.getArgSpec())
                .filter(setting -> setting.value().equals(e.getValue()))
                .map(setting -> " (from " + setting.origin() + ")")
                .orElse("");
    }

    private int failed(Exception e, CommandLine line) {
        boolean expected = e instanceof MillraceException;
        PrintWriter err = line.getErr();
        err.println(
                "millrace: "
                        + (expected
                                ? Sentence.of(String.valueOf(e.getMessage()))
                                : "unexpected error: %s; --verbose shows where".formatted(e)));
        if (verbose) {
            e.printStackTrace(err);
        }
        return FAILED;
    }

    /** Finds {@code --config} before the flags are read whose values may stand in that file. */
    @Command
    private static final class ConfigFlag {
        @Option(names = "--config")
        private @Nullable Path path;

        static @Nullable Path find(String[] arguments, Map<String, String> environment) {
            ConfigFlag flag = new ConfigFlag();
            try {
                new CommandLine(flag).setUnmatchedArgumentsAllowed(true).parseArgs(arguments);
            } catch (ParameterException _) {
                return null;
            }
            if (flag.path != null) {
                return flag.path;
            }
            String variable = environment.get(Configuration.CONFIG_VARIABLE);
            return variable == null || variable.isEmpty() ? null : Path.of(variable);
        }
    }

    /** The version that the jar's manifest states. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = MillraceCommand.class.getPackage().getImplementationVersion();
            return new String[] {"millrace " + (version == null ? "(not packaged)" : version)};
        }
    }
}
