package dev.millrace.core.handler;

import org.jspecify.annotations.Nullable;

/**
 * Calls the handler of one stage for one partition: within the timeout, as often as the retries
 * allow. Confined to the partition's thread, which it may block.
 */
@FunctionalInterface
public interface HandlerCall {
    /**
     * @return what the handler returned, whatever it is
     * @throws HandlerFailure if the last attempt failed
     */
    @Nullable Handled call(PlainEvent event) throws HandlerFailure;
}
