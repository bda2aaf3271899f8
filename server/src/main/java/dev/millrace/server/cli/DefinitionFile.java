package dev.millrace.server.cli;

import dev.millrace.core.MillraceException;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pipeline definition in a file, ready to be sent.
 *
 * @param pipeline the name that it states; where it states none or cannot be read, the file's name
 *     without its ending, under which the server will tell what is wrong with it
 * @param text as in the file, but with the schema in place of the name of a schema file, which a
 *     server would not find. The lines stay what they are.
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
        JsonNode schema = tree.path("schema");
        return new DefinitionFile(
                name, schema.isString() ? withSchema(bytes, schema.asString(), path) : bytes);
    }

    private static byte[] withSchema(byte[] definition, String schemaName, Path path) {
        Path schemaPath = path.resolveSibling(schemaName);
        JsonNode schema = tree(bytes(schemaPath));
        if (schema.isMissingNode()) {
            throw new MillraceException("the schema %s is not JSON".formatted(schemaPath));
        }
        Pattern place =
                Pattern.compile(
                        "(['\"]?)schema\\1\\s*:\\s*(['\"]?)" + Pattern.quote(schemaName) + "\\2");
        String text = new String(definition, StandardCharsets.UTF_8);
        String inlined =
                place.matcher(text).replaceFirst(Matcher.quoteReplacement("\"schema\": " + schema));
        return inlined.getBytes(StandardCharsets.UTF_8);
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
