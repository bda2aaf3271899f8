package dev.millrace.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

class ConfigurationTest {
    @TempDir Path folder;

    /** Flags, environment variables and defaults are what users rely on. */
    @Test
    void everyFlagHasItsVariableAndDefault() {
        CommandLine line = MillraceCommand.all();
        Map<String, String> flags = new TreeMap<>();
        line.getSubcommands()
                .forEach((name, command) -> {
                    for (OptionSpec option : command.getCommandSpec().options()) {
                        String flag = Configuration.flagOf(option);
                        if (!Configuration.NEVER_CONFIGURED.contains(flag)) {
                            flags.put(
                                    name + " " + option.longestName(),
                                    Configuration.variable(flag) + " " + option.defaultValue());
                        }
                    }
                });

        assertThat(flags)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry("apply --backfill", "MILLRACE_BACKFILL null"),
                                Map.entry("apply --key", "MILLRACE_KEY null"),
                                Map.entry(
                                        "apply --server", "MILLRACE_SERVER http://127.0.0.1:8080"),
                                Map.entry("apply --verbose", "MILLRACE_VERBOSE null"),
                                Map.entry("dead-letters --verbose", "MILLRACE_VERBOSE null"),
                                Map.entry("demo --data", "MILLRACE_DATA null"),
                                Map.entry("demo --host", "MILLRACE_HOST 127.0.0.1"),
                                Map.entry("demo --port", "MILLRACE_PORT 8080"),
                                Map.entry("demo --rate", "MILLRACE_RATE 1000"),
                                Map.entry("demo --seed", "MILLRACE_SEED null"),
                                Map.entry("demo --verbose", "MILLRACE_VERBOSE null"),
                                Map.entry("import --advance", "MILLRACE_ADVANCE null"),
                                Map.entry("import --format", "MILLRACE_FORMAT null"),
                                Map.entry("import --history", "MILLRACE_HISTORY null"),
                                Map.entry("import --key", "MILLRACE_KEY null"),
                                Map.entry("import --pipeline", "MILLRACE_PIPELINE null"),
                                Map.entry("import --rate", "MILLRACE_RATE null"),
                                Map.entry("import --retry-for", "MILLRACE_RETRY_FOR 60s"),
                                Map.entry(
                                        "import --server", "MILLRACE_SERVER http://127.0.0.1:8080"),
                                Map.entry("import --source", "MILLRACE_SOURCE null"),
                                Map.entry("import --verbose", "MILLRACE_VERBOSE null"),
                                Map.entry("backup --key", "MILLRACE_KEY null"),
                                Map.entry(
                                        "backup --server", "MILLRACE_SERVER http://127.0.0.1:8080"),
                                Map.entry("backup --verbose", "MILLRACE_VERBOSE null"),
                                Map.entry("plan --backfill", "MILLRACE_BACKFILL null"),
                                Map.entry("plan --key", "MILLRACE_KEY null"),
                                Map.entry("plan --server", "MILLRACE_SERVER http://127.0.0.1:8080"),
                                Map.entry("plan --verbose", "MILLRACE_VERBOSE null"),
                                Map.entry("restore --data", "MILLRACE_DATA millrace-data"),
                                Map.entry("restore --verbose", "MILLRACE_VERBOSE null"),
                                Map.entry("rollback --backfill", "MILLRACE_BACKFILL null"),
                                Map.entry("rollback --dry-run", "MILLRACE_DRY_RUN null"),
                                Map.entry("rollback --key", "MILLRACE_KEY null"),
                                Map.entry(
                                        "rollback --server",
                                        "MILLRACE_SERVER http://127.0.0.1:8080"),
                                Map.entry("rollback --verbose", "MILLRACE_VERBOSE null"),
                                Map.entry("serve --data", "MILLRACE_DATA millrace-data"),
                                Map.entry(
                                        "serve --dead-letters-per-source",
                                        "MILLRACE_DEAD_LETTERS_PER_SOURCE 100000"),
                                Map.entry("serve --host", "MILLRACE_HOST 127.0.0.1"),
                                Map.entry("serve --files", "MILLRACE_FILES null"),
                                Map.entry("serve --pipelines", "MILLRACE_PIPELINES null"),
                                Map.entry("serve --plugins", "MILLRACE_PLUGINS null"),
                                Map.entry("serve --port", "MILLRACE_PORT 8080"),
                                Map.entry("serve --verbose", "MILLRACE_VERBOSE null")));
        assertThat(Configuration.SECRETS).isEqualTo(Set.of("key"));
    }

    @Test
    void flagBeatsEnvironmentBeatsFile() throws IOException {
        Path config = config("server: file:1\n");
        Map<String, String> environment = Map.of("MILLRACE_SERVER", "environment:1");

        assertThat(applyWith(Map.of(), "--config", config.toString()))
                .contains("\"file:1\" is no address");
        assertThat(applyWith(environment, "--config", config.toString()))
                .contains("\"environment:1\" is no address");
        assertThat(applyWith(environment, "--config", config.toString(), "--server", "flag:1"))
                .contains("\"flag:1\" is no address");
    }

    @Test
    void theEnvironmentMayNameTheFile() throws IOException {
        Path config = config("server: file:1\n");

        assertThat(applyWith(Map.of("MILLRACE_CONFIG", config.toString())))
                .contains("\"file:1\" is no address");
    }

    @Test
    void aSettingThatIsNoneIsAnErrorThatNamesTheOthers() throws IOException {
        Path config = config("port: 1\nprot: 2\n");

        Run run = Run.millrace("serve", "--config", config.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualToIgnoringNewLines(
                        "millrace: "
                                + config
                                + ": there is no setting \"prot\"; allowed: advance, after, backfill, data,"
                                + " dead-letters-per-source, dry-run, files, fingerprint, format, history, host, id, json,"
                                + " key, key-file, kind, limit, patch, pipeline, pipelines, plugins, port, rate,"
                                + " retry-for, seed, server, source, stage, summary, verbose, yes");
    }

    @Test
    void aWrongValueIsToldWithThePlaceWhereItStands() throws IOException {
        Path config = config("port: many\n");

        assertThat(Run.millrace("serve", "--config", config.toString()).err())
                .startsWith(
                        "millrace: invalid value for option '--port': must be 0 to 65535, not \"many\" (from port in "
                                + config
                                + ")");
        assertThat(Run.millrace(Map.of("MILLRACE_PORT", "some"), "serve").err())
                .startsWith(
                        "millrace: invalid value for option '--port': must be 0 to 65535, not \"some\" (from MILLRACE_PORT)");
        assertThat(Run.millrace(Map.of("MILLRACE_PORT", "some"), "serve", "--port", "x").err())
                .startsWith(
                        "millrace: invalid value for option '--port': must be 0 to 65535, not \"x\"")
                .doesNotContain("MILLRACE_PORT");
    }

    @Test
    void aFileThatIsNoMappingIsRefused() throws IOException {
        assertThat(Run.millrace("serve", "--config", config("- port\n").toString()).err())
                .contains("must be lines of `flag: value`");
        assertThat(Run.millrace("serve", "--config", config("port: [1]\n").toString()).err())
                .contains("port must be one value, not [1]");
        assertThat(Run.millrace("serve", "--config", config("port: 1\n: :\n\t").toString()).err())
                .contains("is not YAML");
        assertThat(Run.millrace("serve", "--config", "no/such.yaml").err())
                .contains("there is no config file no/such.yaml");
    }

    @Test
    void anEmptyFileSetsNothing() throws IOException {
        assertThat(applyWith(Map.of(), "--config", config("").toString()))
                .contains("there is no file");
        assertThat(applyWith(Map.of(), "--config", config("# nothing\n").toString()))
                .contains("there is no file");
    }

    @Test
    void aSecretMayStandInAFileOfItsOwn() throws IOException {
        Path secret = Files.writeString(folder.resolve("key"), "mr_1_abc\n");
        Path config = config("key-file: " + secret + "\n");
        OptionSpec key = new CommandLine(new ApplyCommand()).getCommandSpec().findOption("--key");

        assertThat(load(Map.of("MILLRACE_KEY_FILE", secret.toString()), null).defaultValue(key))
                .isEqualTo("mr_1_abc");
        assertThat(load(Map.of(), config).defaultValue(key)).isEqualTo("mr_1_abc");
        assertThat(load(Map.of("MILLRACE_KEY", "mine"), config).defaultValue(key))
                .isEqualTo("mine");
    }

    @Test
    void aSecretIsNotSetTwice() {
        Run run =
                Run.millrace(
                        Map.of("MILLRACE_KEY", "a", "MILLRACE_KEY_FILE", "b"), "apply", "x.yaml");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("MILLRACE_KEY and MILLRACE_KEY_FILE are both set; keep one");
    }

    @Test
    void aSecretFileThatIsNotThereIsNamed() {
        Run run = Run.millrace(Map.of("MILLRACE_KEY_FILE", "no/such"), "apply", "x.yaml");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("the file no/such, which MILLRACE_KEY_FILE names, cannot be read");
    }

    @Test
    void aSwitchMayBeSetAndStillBeGiven() throws IOException {
        Path config = config("verbose: true\n");

        assertThat(applyWith(Map.of(), "--config", config.toString())).contains("\tat ");
        assertThat(applyWith(Map.of("MILLRACE_VERBOSE", "true"), "--verbose")).contains("\tat ");
        assertThat(applyWith(Map.of("MILLRACE_VERBOSE", "false"), "--config", config.toString()))
                .doesNotContain("\tat ");
    }

    @Test
    void helpAndVersionAreNotConfigured() {
        assertThat(applyWith(Map.of("MILLRACE_VERSION", "true", "MILLRACE_HELP", "true")))
                .contains("there is no file");
    }

    private Configuration load(Map<String, String> environment, Path config) {
        return Configuration.load(environment, config, MillraceCommand::flags);
    }

    private Path config(String content) throws IOException {
        return Files.writeString(folder.resolve("millrace.yaml"), content);
    }

    /** What {@code apply} says of a file that is not there, or of what it minds before. */
    private static String applyWith(Map<String, String> environment, String... flags) {
        String[] arguments = new String[flags.length + 2];
        arguments[0] = "apply";
        arguments[1] = "no/such.yaml";
        System.arraycopy(flags, 0, arguments, 2, flags.length);
        return Run.millrace(environment, arguments).err();
    }
}
