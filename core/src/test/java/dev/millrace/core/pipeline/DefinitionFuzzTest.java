package dev.millrace.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

class DefinitionFuzzTest {
    private static final int FILES = 4_000;
    private static final String VALID =
            """
            pipeline: web
            key: data.visitor
            partitions: 4
            outOfOrder: 5s
            retention: {age: 7d, size: 50GiB}
            schema: {type: object, required: [id], properties: {id: {minLength: 1}}}
            stages:
              - {name: people, filter: "type == 'page_view'"}
              - name: tidy
                transform: {data.section: "data.path", data.ip: null, data.n: 5}
              - name: views
                aggregate:
                  window: {tumbling: 5m}
                  where: |
                    data.status < 400
                  by: [source, data.path]
                  values: {views: count, bytes: {sum: data.bytes}}
                  late: correct
                  keep: 90d
            """;
    private static final String ALPHABET = "{}[]:,-&*!|>'\"%@`#?~ \n\t.019aemstx<\\\u0000é";

    @ParameterizedTest
    @ValueSource(strings = {"", "seeded by the clock"})
    void aMutatedFileIsReadOrRefusedWithAPlace(String kind) {
        long seed = kind.isEmpty() ? 42 : System.nanoTime();
        System.out.println("DefinitionFuzzTest seed " + seed);
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);

        for (int i = 0; i < FILES; i++) {
            String text = mutate(random);
            switch (DefinitionReader.read(text, SchemaSource.NONE)) {
                case DefinitionReader.Valid(PipelineDefinition definition) ->
                        assertThat(definition.stages()).hasSizeLessThanOrEqualTo(100);
                case DefinitionReader.Invalid invalid ->
                        assertThat(invalid.problems())
                                .as(text)
                                .isNotEmpty()
                                .allMatch(problem -> problem.line().isPresent());
            }
        }
    }

    private static String mutate(RandomGenerator random) {
        StringBuilder text = new StringBuilder(VALID);
        for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(1, 12));
            char any = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
            switch (random.nextInt(5)) {
                case 0 -> text.setCharAt(at, any);
                case 1 -> text.insert(at, any);
                case 2 -> text.delete(at, end);
                case 3 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
                default -> flipBit(text, random);
            }
        }
        return text.toString();
    }

    private static void flipBit(StringBuilder text, RandomGenerator random) {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        text.setLength(0);
        text.append(new String(bytes, StandardCharsets.UTF_8));
    }
}
