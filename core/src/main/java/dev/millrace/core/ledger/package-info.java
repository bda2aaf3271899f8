/**
 * The ledger: what came in and what became of it, by source and minute, counted on two sides and
 * held against each other. Open {@link dev.millrace.core.ledger.LedgerBook} first. Depends on the
 * batches of {@code event} and on {@code port}.
 */
@NullMarked
package dev.millrace.core.ledger;

import org.jspecify.annotations.NullMarked;
