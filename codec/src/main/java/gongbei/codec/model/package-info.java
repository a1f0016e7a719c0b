/**
 * Domain values that every module names alike, each with its wire number and its name in JSON and
 * YAML. Knows no other package. Start with {@link gongbei.codec.model.HolderStatus}.
 */
package gongbei.codec.model;
