/// The samples of one collection: what is kept between collections, and what texts are written from.
///
/// Five bytes for most samples, twelve at most, and the text of each label block once.
package struct SampleTable: Sendable {
    /// The families in the order of exposition, those without samples included.
    package let families: [FamilyDescriptor]
    /// The samples of each family, at the family's position.
    let columns: [SampleColumn]
    /// The texts that the columns' block ids stand for.
    let texts: LabelBlockTexts
    /// The number of series.
    package let seriesCount: Int
    /// The number of samples that the sink refused because their series was there already.
    package let refusedDuplicates: Int

    init(
        families: [FamilyDescriptor],
        columns: [SampleColumn],
        texts: LabelBlockTexts,
        seriesCount: Int,
        refusedDuplicates: Int
    ) {
        self.families = families
        self.columns = columns
        self.texts = texts
        self.seriesCount = seriesCount
        self.refusedDuplicates = refusedDuplicates
    }

    /// A table without families.
    package init() {
        self.init(families: [], columns: [], texts: LabelBlockTexts(), seriesCount: 0, refusedDuplicates: 0)
    }

    /// The memory that samples and label texts take, in bytes.
    package var memory: Int { columns.reduce(texts.memory) { $0 + $1.memory } }
}
