extension Family where Labels == L0 {
    /// Declares a family of no label; `name` is the full name.
    package init(
        _ name: StaticString,
        _ type: FamilyType,
        sources: [String] = [],
        help: StaticString
    ) {
        self.init(
            descriptor: FamilyDescriptor(
                name: name,
                type: type,
                labels: [],
                sources: sources,
                help: help
            )
        )
    }
}

extension Family where Labels == L1 {
    /// Declares a family of one label; `name` is the full name.
    package init(
        _ name: StaticString,
        _ type: FamilyType,
        labels l1: StaticString,
        sources: [String] = [],
        help: StaticString
    ) {
        self.init(
            descriptor: FamilyDescriptor(
                name: name,
                type: type,
                labels: [l1],
                sources: sources,
                help: help
            )
        )
    }
}

extension Family where Labels == L2 {
    /// Declares a family of two labels; `name` is the full name.
    package init(
        _ name: StaticString,
        _ type: FamilyType,
        labels l1: StaticString,
        _ l2: StaticString,
        sources: [String] = [],
        help: StaticString
    ) {
        self.init(
            descriptor: FamilyDescriptor(
                name: name,
                type: type,
                labels: [l1, l2],
                sources: sources,
                help: help
            )
        )
    }
}

extension Family where Labels == L3 {
    /// Declares a family of three labels; `name` is the full name.
    package init(
        _ name: StaticString,
        _ type: FamilyType,
        labels l1: StaticString,
        _ l2: StaticString,
        _ l3: StaticString,
        sources: [String] = [],
        help: StaticString
    ) {
        self.init(
            descriptor: FamilyDescriptor(
                name: name,
                type: type,
                labels: [l1, l2, l3],
                sources: sources,
                help: help
            )
        )
    }
}

extension Family where Labels == L4 {
    /// Declares a family of four labels; `name` is the full name.
    package init(
        _ name: StaticString,
        _ type: FamilyType,
        labels l1: StaticString,
        _ l2: StaticString,
        _ l3: StaticString,
        _ l4: StaticString,
        sources: [String] = [],
        help: StaticString
    ) {
        self.init(
            descriptor: FamilyDescriptor(
                name: name,
                type: type,
                labels: [l1, l2, l3, l4],
                sources: sources,
                help: help
            )
        )
    }
}

extension Family where Labels == L5 {
    /// Declares a family of five labels; `name` is the full name.
    package init(
        _ name: StaticString,
        _ type: FamilyType,
        labels l1: StaticString,
        _ l2: StaticString,
        _ l3: StaticString,
        _ l4: StaticString,
        _ l5: StaticString,
        sources: [String] = [],
        help: StaticString
    ) {
        self.init(
            descriptor: FamilyDescriptor(
                name: name,
                type: type,
                labels: [l1, l2, l3, l4, l5],
                sources: sources,
                help: help
            )
        )
    }
}

extension Family where Labels == L6 {
    /// Declares a family of six labels; `name` is the full name.
    package init(
        _ name: StaticString,
        _ type: FamilyType,
        labels l1: StaticString,
        _ l2: StaticString,
        _ l3: StaticString,
        _ l4: StaticString,
        _ l5: StaticString,
        _ l6: StaticString,
        sources: [String] = [],
        help: StaticString
    ) {
        self.init(
            descriptor: FamilyDescriptor(
                name: name,
                type: type,
                labels: [l1, l2, l3, l4, l5, l6],
                sources: sources,
                help: help
            )
        )
    }
}

extension Family where Labels == L7 {
    /// Declares a family of seven labels; `name` is the full name.
    package init(
        _ name: StaticString,
        _ type: FamilyType,
        labels l1: StaticString,
        _ l2: StaticString,
        _ l3: StaticString,
        _ l4: StaticString,
        _ l5: StaticString,
        _ l6: StaticString,
        _ l7: StaticString,
        sources: [String] = [],
        help: StaticString
    ) {
        self.init(
            descriptor: FamilyDescriptor(
                name: name,
                type: type,
                labels: [l1, l2, l3, l4, l5, l6, l7],
                sources: sources,
                help: help
            )
        )
    }
}

extension Family where Labels == L8 {
    /// Declares a family of eight labels; `name` is the full name.
    package init(
        _ name: StaticString,
        _ type: FamilyType,
        labels l1: StaticString,
        _ l2: StaticString,
        _ l3: StaticString,
        _ l4: StaticString,
        _ l5: StaticString,
        _ l6: StaticString,
        _ l7: StaticString,
        _ l8: StaticString,
        sources: [String] = [],
        help: StaticString
    ) {
        self.init(
            descriptor: FamilyDescriptor(
                name: name,
                type: type,
                labels: [l1, l2, l3, l4, l5, l6, l7, l8],
                sources: sources,
                help: help
            )
        )
    }
}
