/**
 * The test of jcstress for what remembers codes that were shown: two places are shown one code at
 * the same time. It may know the classes of the package whose name it has, which others don't see.
 * Start with {@code SeenCodesStress}.
 */
package gongbei.verifier.scan;
