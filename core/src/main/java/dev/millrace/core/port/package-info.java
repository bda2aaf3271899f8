/**
 * The ports: what the core and its hosts need of a storage, as interfaces of plain bytes and small
 * records. A storage knows nothing of windows or events; it keeps what it is given, in the order
 * that is stated, all of one call or none.
 */
@NullMarked
package dev.millrace.core.port;

import org.jspecify.annotations.NullMarked;
