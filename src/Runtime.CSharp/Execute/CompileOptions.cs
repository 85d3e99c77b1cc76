namespace Adjoint.Execute;

/// <summary>What compiling may be told. Nothing here changes what a function means.</summary>
public sealed record CompileOptions
{
    /// <summary>No budget.</summary>
    public static CompileOptions Default { get; } = new();

    /// <summary>
    /// The most bytes that one run may work in, besides its arguments; null for as many as are fastest. What does not fit is computed again:
    /// loops that remember for a derivative keep the states of some steps and run the others again, loops of unknown length among them, and
    /// values that are cheap to compute again are not kept. Where everything fits, nothing changes. The bound is that of
    /// <see cref="Executable.Explain"/>; results that a run hands out count, what each thread needs for the tile it works on does not.
    /// </summary>
    public long? MemoryBudget { get; init; }
}
