/** Tables in files, CSV or JSON, held in memory and taken up again when they change. */
@NullMarked
package dev.millrace.connect.table;

import org.jspecify.annotations.NullMarked;
