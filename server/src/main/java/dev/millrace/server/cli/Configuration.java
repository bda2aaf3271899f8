package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Where a flag's value comes from if it is not on the command line: for {@code --retry-for}, {@code
 * MILLRACE_RETRY_FOR} in the environment, else {@code retry-for} in the config file, else the
 * default of the flag. All commands share one file.
 *
 * <p>A secret may also stand in a file of its own, which {@code MILLRACE_KEY_FILE} or {@code
 * key-file} names; white space at its end is cut.
 */
final class Configuration implements IDefaultValueProvider {
    /** Flags whose values are secrets. */
    static final Set<String> SECRETS = Set.of("key");

    /** Flags that are about this one call; they come from the command line alone. */
    static final Set<String> NEVER_CONFIGURED = Set.of("help", "version", "config");

    static final String CONFIG_VARIABLE = "MILLRACE_CONFIG";

    private static final String FILE_SUFFIX = "-file";

    /** A value, and what the user calls the place where it stands. */
    record Setting(String value, String origin) {}

    private final Map<String, String> environment;
    private final Map<String, Setting> file;

    private Configuration(Map<String, String> environment, Map<String, Setting> file) {
        this.environment = Map.copyOf(environment);
        this.file = Map.copyOf(file);
    }

    /**
     * Reads the config file, if there is one.
     *
     * @param flags the flags of all commands, without the dashes
     * @throws MillraceException if the file cannot be read, is no YAML mapping, or has a key that
     *     is no flag
     */
    static Configuration load(
            Map<String, String> environment,
            @Nullable Path configFile,
            Supplier<Set<String>> flags) {
        return new Configuration(
                environment, configFile == null ? Map.of() : readFile(configFile, flags.get()));
    }

    private static Map<String, Setting> readFile(Path path, Set<String> flags) {
        Set<String> allowed = new TreeSet<>(flags);
        allowed.removeAll(NEVER_CONFIGURED);
        SECRETS.stream()
                .filter(flags::contains)
                .forEach(secret -> allowed.add(secret + FILE_SUFFIX));

        Map<String, Setting> settings = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : readYaml(path).properties()) {
            String key = entry.getKey();
            if (!allowed.contains(key)) {
                throw new MillraceException(
                        "%s: there is no setting \"%s\"; allowed: %s"
                                .formatted(path, key, String.join(", ", allowed)));
            }
            JsonNode value = entry.getValue();
            if (!value.isValueNode() || value.isNull()) {
                throw new MillraceException(
                        "%s: %s must be one value, not %s".formatted(path, key, value));
            }
            settings.put(key, new Setting(value.asString(), key + " in " + path));
        }
        return settings;
    }

    private static JsonNode readYaml(Path path) {
        try {
            JsonNode tree = YAMLMapper.shared().readTree(Files.readString(path));
            if (tree.isObject() || tree.isMissingNode() || tree.isNull()) {
                return tree;
            }
            throw new MillraceException(path + ": must be lines of `flag: value`");
        } catch (NoSuchFileException e) {
            throw new MillraceException("there is no config file " + path, e);
        } catch (IOException e) {
            throw new MillraceException(
                    "the config file %s cannot be read: %s".formatted(path, e.getMessage()), e);
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new MillraceException(
                    "%s:%d: is not YAML: %s".formatted(path, line, firstLine(e)), e);
        }
    }

    private static String firstLine(JacksonException e) {
        return e.getOriginalMessage().lines().findFirst().orElse("");
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return setting(argument).map(Setting::value).orElse(null);
    }

    /** What stands for an option outside the command line; empty: its own default holds. */
    Optional<Setting> setting(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return Optional.empty();
        }
        String flag = flagOf(option);
        if (NEVER_CONFIGURED.contains(flag)) {
            return Optional.empty();
        }
        return fromEnvironment(flag).or(() -> fromFile(flag));
    }

    private Optional<Setting> fromEnvironment(String flag) {
        String variable = variable(flag);
        String value = environment.get(variable);
        if (!SECRETS.contains(flag)) {
            return Optional.ofNullable(value).map(v -> new Setting(v, variable));
        }
        String fileVariable = variable + "_FILE";
        return secret(
                value == null ? null : new Setting(value, variable),
                environment.containsKey(fileVariable)
                        ? new Setting(environment.get(fileVariable), fileVariable)
                        : null);
    }

    private Optional<Setting> fromFile(String flag) {
        Setting value = file.get(flag);
        return SECRETS.contains(flag)
                ? secret(value, file.get(flag + FILE_SUFFIX))
                : Optional.ofNullable(value);
    }

    private static Optional<Setting> secret(@Nullable Setting value, @Nullable Setting inFile) {
        if (inFile == null) {
            return Optional.ofNullable(value);
        }
        if (value != null) {
            throw new MillraceException(
                    "%s and %s are both set; keep one".formatted(value.origin, inFile.origin));
        }
        try {
            String text = Files.readString(Path.of(inFile.value)).stripTrailing();
            return Optional.of(new Setting(text, inFile.origin));
        } catch (IOException e) {
            throw new MillraceException(
                    "the file %s, which %s names, cannot be read"
                            .formatted(inFile.value, inFile.origin),
                    e);
        }
    }

    /** The name of a flag without the dashes: {@code retry-for}. */
    static String flagOf(OptionSpec option) {
        return option.longestName().replaceFirst("^-+", "");
    }

    /** The environment variable of a flag. */
    static String variable(String flag) {
        return "MILLRACE_" + flag.replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
