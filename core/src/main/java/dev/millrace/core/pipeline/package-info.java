/**
 * Pipeline definitions: the model, its file format, and what a change of definition does to state.
 *
 * <p>{@link dev.millrace.core.pipeline.DefinitionReader} turns a file into a {@link
 * dev.millrace.core.pipeline.PipelineDefinition} or into every error it has. The model is immutable
 * and checks itself, so a definition that exists is one that can run.
 *
 * <p>May depend on {@code core.event}, {@code core.expression}, Jackson's tree, the YAML parser and
 * the JSON Schema validator.
 */
@NullMarked
package dev.millrace.core.pipeline;

import org.jspecify.annotations.NullMarked;
