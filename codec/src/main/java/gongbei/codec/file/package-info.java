/**
 * Files that are followed while a process runs: one notion of what has changed, for all of them.
 * Knows nothing of what they hold. Start with {@link gongbei.codec.file.Reloadable}.
 */
package gongbei.codec.file;
