/**
 * A program that uses Vertebra as a library: similar photos of a folder.
 *
 * <p>Start at {@link example.SimilarPhotos}. Whatever needs more than the backbones does not belong here.
 */
package example;
