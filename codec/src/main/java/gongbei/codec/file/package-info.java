/**
 * Files that are followed while a process runs: one notion of what has changed, for all of them.
 */
package gongbei.codec.file;
