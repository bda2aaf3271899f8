package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

class GroupEventsTest {
    private static final Pattern GROUP = Pattern.compile("\"p\":\"(\\d+)\"");

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 371, 10_000})
    void everyEventHasTheSizeOfThePoint(int bytes) {
        CurvePoint point = new CurvePoint(1_000, 2, bytes, 1, 1, 0);

        String body =
                new String(
                        new GroupEvents("c00", new AtomicLong(), point).next(),
                        StandardCharsets.US_ASCII);

        assertThat(body.lines())
                .hasSize(point.eventsPerRequest())
                .allSatisfy(line -> assertThat(line.stripTrailing()).endsWith("\"}}"))
                .allSatisfy(line -> assertThat(line).hasSize(bytes - 1));
    }

    @Test
    void generatorsTogetherOpenEveryGroupBeforeAnyHasTwoEvents() {
        CurvePoint point = new CurvePoint(2_000, 2, 371, 1, 1, 0);
        Set<String> groups = new HashSet<>();
        AtomicLong shared = new AtomicLong();

        for (int generator = 0; generator < 2; generator++) {
            String body =
                    new String(
                            new GroupEvents("c00", shared, point).next(),
                            StandardCharsets.US_ASCII);
            GROUP.matcher(body)
                    .results()
                    .map((MatchResult one) -> one.group(1))
                    .forEach(groups::add);
        }

        assertThat(groups).hasSize(2_000);
    }
}
