package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pipeline definition in a file, ready to be sent.
 *
 * @param pipeline the name that it states; where it states none or cannot be read, the file's name
 *     without its ending, under which the server will tell what is wrong with it
 * @param text as in the file, but with the schema in place of the name of a schema file, and with
 *     the absolute names of tables that lie beside the file, since a server would find neither. The
 *     lines stay what they are.
 */
record DefinitionFile(String pipeline, byte[] text) {
    /**
     * Reads a definition.
     *
     * @throws MillraceException if the file, or the schema file that it names, cannot be read
     */
    static DefinitionFile read(Path path) {
        byte[] bytes = bytes(path);
        JsonNode tree = tree(bytes);
        String stated = tree.path("pipeline").asString("");
        String name =
                stated.isEmpty()
                        ? path.getFileName().toString().replaceFirst("\\.[^.]*$", "")
                        : stated;
        String text = new String(bytes, StandardCharsets.UTF_8);
        JsonNode schema = tree.path("schema");
        if (schema.isString()) {
            text = withSchema(text, schema.asString(), path);
        }
        for (String table : tables(tree)) {
            text = withTable(text, table, path);
        }
        return new DefinitionFile(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Set<String> tables(JsonNode tree) {
        Set<String> tables = new TreeSet<>();
        for (JsonNode stage : tree.path("stages")) {
            JsonNode table = stage.path("enrich").path("table");
            if (table.isString()) {
                tables.add(table.asString());
            }
        }
        return tables;
    }

    /** One that is not beside the definition may still be where the server looks. */
    private static String withTable(String text, String table, Path path) {
        Path file = path.toAbsolutePath().resolveSibling(table).normalize();
        if (Path.of(table).isAbsolute() || !Files.isRegularFile(file)) {
            return text;
        }
        Pattern place =
                Pattern.compile(
                        "(['\"]?)\\btable\\1\\s*:\\s*(?:(['\"])%1$s\\2|%1$s(?=[\\s,}]|$))"
                                .formatted(Pattern.quote(table)));
        JsonNode absolute = StringNode.valueOf(file.toString());
        return place.matcher(text).replaceAll(Matcher.quoteReplacement("\"table\": " + absolute));
    }

    private static String withSchema(String text, String schemaName, Path path) {
        Path schemaPath = path.resolveSibling(schemaName);
        JsonNode schema = tree(bytes(schemaPath));
        if (schema.isMissingNode()) {
            throw new MillraceException("the schema %s is not JSON".formatted(schemaPath));
        }
        Pattern place =
                Pattern.compile(
                        "(['\"]?)schema\\1\\s*:\\s*(['\"]?)" + Pattern.quote(schemaName) + "\\2");
        return place.matcher(text).replaceFirst(Matcher.quoteReplacement("\"schema\": " + schema));
    }

    private static JsonNode tree(byte[] text) {
        try {
            return YAMLMapper.shared().readTree(text);
        } catch (JacksonException _) {
            return MissingNode.getInstance();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new MillraceException("there is no file " + file, e);
        } catch (IOException e) {
            throw new MillraceException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }
}
