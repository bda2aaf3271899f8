package dev.millrace.core.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class PlainEventTest {
    private static final PlainEvent EVENT = PlainEvent.of("e1", "page_view", "shop", 1_000);

    @Test
    void fieldsAreFoundByTheirPaths() {
        PlainEvent event = EVENT.with("data.page.url", "/").with("data.ms", 5);

        assertThat(event.get("id")).isEqualTo("e1");
        assertThat(event.get("type")).isEqualTo("page_view");
        assertThat(event.get("source")).isEqualTo("shop");
        assertThat(event.get("timestamp")).isEqualTo(1_000L);
        assertThat(event.get("data.page")).isEqualTo(Map.of("url", "/"));
        assertThat(event.text("data.page.url")).isEqualTo("/");
        assertThat(event.number("data.ms")).isEqualTo(5);
        assertThat(event.get("data.page.title")).isNull();
        assertThat(event.get("data.ms.unit")).isNull();
    }

    @Test
    void changeMakesAnotherEvent() {
        PlainEvent changed = EVENT.with("data.a", 1).with("data.b", 2).without("data.a");

        assertThat(EVENT.data()).isEmpty();
        assertThat(changed.data()).isEqualTo(Map.of("b", 2L));
        assertThat(changed.without("data.c")).isSameAs(changed);
    }

    @Test
    void valuesAreCopiedAndNumbersMadeLongOrDouble() {
        List<Object> list = new ArrayList<>(List.of(1, (short) 2, (byte) 3, 1.5f));
        Map<String, Object> map = new HashMap<>(Map.of("list", list));
        PlainEvent event = EVENT.with("data.m", map);
        list.clear();
        map.clear();

        assertThat(event.get("data.m.list")).isEqualTo(List.of(1L, 2L, 3L, 1.5));
    }

    @Test
    void nothingOfItCanBeChangedInPlace() {
        PlainEvent event = EVENT.with("data.m", Map.of("list", List.of(1)));

        assertThatThrownBy(() -> event.data().put("a", 1))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((Map<?, ?>) event.data().get("m")).clear())
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((List<?>) event.get("data.m.list")).clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void valueThatJsonCannotHoldIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EVENT.with("data.a", Double.NaN))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EVENT.with("data.a", new Object()))
                .withMessageContaining("Object");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EVENT.with("data.a", Map.of(1, 2)))
                .withMessageContaining("name must be a string");
    }

    @Test
    void valueThatHoldsItselfIsRefused() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EVENT.with("data.a", endless))
                .withMessageContaining("nested");
    }

    @Test
    void onlyDataCanBeChanged() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EVENT.with("type", "click"))
                .withMessage("type cannot be changed; only fields in data can");
        assertThatIllegalArgumentException().isThrownBy(() -> EVENT.with("data", Map.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> EVENT.without("id"));
    }

    @Test
    void fieldOfAnotherTypeIsNamed() {
        assertThatIllegalStateException()
                .isThrownBy(() -> EVENT.with("data.ip", 5).text("data.ip"))
                .withMessage("data.ip must be a string, is an integer");
        assertThatIllegalStateException()
                .isThrownBy(() -> EVENT.number("data.ms"))
                .withMessage("data.ms must be a number, is missing");
    }

    @Test
    void jsonIsWhatProducersSend() {
        assertThat(new String(EVENT.with("data.a", "ü\"").toJson(), UTF_8))
                .isEqualTo(
                        "{\"id\":\"e1\",\"type\":\"page_view\",\"source\":\"shop\","
                                + "\"timestamp\":1000,\"data\":{\"a\":\"ü\\\"\"}}");
    }

    @Test
    void manyIsAtLeastOneAndHoldsNoNull() {
        assertThat(Handled.many()).isEqualTo(Handled.none());
        assertThat(Handled.many(List.of(EVENT))).isEqualTo(new Handled.Many(List.of(EVENT)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Handled.Many(List.of()));
        List<PlainEvent> withNull = new ArrayList<>();
        withNull.add(EVENT);
        withNull.add(null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Handled.many(withNull))
                .withMessage("event 1 of the list of 2 is null");
    }
}
