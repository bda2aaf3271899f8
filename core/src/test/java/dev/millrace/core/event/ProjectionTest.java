package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.stream.Stream;

class ProjectionTest {
    private static Projection of(String... paths) {
        return Projection.of(Stream.of(paths).map(FieldPath::parse).toList());
    }

    @Test
    void namingAPrefixReadsItWhole() {
        Projection projection = of("data.a.b", "data.a", "data.ab", "data.c.d");

        assertThat(projection.data().children())
                .extracting(Projection.Node::name)
                .containsExactly("a", "ab", "c");
        assertThat(projection.data().child("a").whole()).isTrue();
        assertThat(projection.data().child("c").whole()).isFalse();
        assertThat(projection.data().child("c").child("d").whole()).isTrue();
        assertThat(projection.field(FieldPath.parse("data.a.b")).rest).containsExactly("b");
    }

    @Test
    void whatIsNotCoveredHasNoField() {
        Projection projection = of("data.a.b");

        assertThat(projection.field(FieldPath.parse("data.a"))).hasToString("data.a");
        assertThat(projection.field(FieldPath.ID)).hasToString("id");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> projection.field(FieldPath.parse("data.c")))
                .withMessageContaining("'data.c' is not covered");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> projection.field(FieldPath.parse("data.a.c")));
    }

    @Test
    void envelopeNeedsNoNaming() {
        assertThat(of("id", "timestamp", "data.x")).isEqualTo(of("data.x"));
        assertThat(of().data().children()).isEmpty();
        assertThat(of("data").data().whole()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "Data", "data.", "data..a", ".data", "id.x", "timestamp.ms"})
    void pathsOutsideAnEventAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> FieldPath.parse(text));
    }

    @Test
    void pathsStartWithThemselvesAndTheirPrefixes() {
        FieldPath path = FieldPath.parse("data.a.b");

        assertThat(List.of("data", "data.a", "data.a.b"))
                .allMatch(prefix -> path.startsWith(FieldPath.parse(prefix)));
        assertThat(path.startsWith(FieldPath.parse("data.a.b.c"))).isFalse();
        assertThat(path.startsWith(FieldPath.parse("data.b"))).isFalse();
    }
}
