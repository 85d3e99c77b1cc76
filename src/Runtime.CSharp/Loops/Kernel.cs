using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Working memory of a kernel.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Type">The dtype.</param>
/// <param name="Length">How many elements, to begin with.</param>
public readonly record struct ScratchNeed(int Slot, DType Type, long Length);

/// <summary>Code for operands of given types that writes its results where it is told: what a node of a graph runs as.</summary>
/// <remarks>It keeps nothing from one run to the next, and several threads may run it at a time.</remarks>
public abstract class Kernel
{
    /// <summary>
    /// Computes every element of the results, whose memory holds anything before. Operands and results share no memory,
    /// unless <see cref="MayOverwrite"/> says so; results never share memory with each other.
    /// </summary>
    /// <param name="operands">Arrays of the types that the kernel was made for.</param>
    /// <param name="results">An array for each result.</param>
    /// <param name="context">Where work runs, memory to work in, and whether to stop.</param>
    public abstract void Run(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context);

    /// <summary>The same with operands and, behind them, results in one table, which may be handed to machine code as it is.</summary>
    internal virtual void RunIn(NDArray[] table, int operands, KernelContext context) =>
        Run(table.AsSpan(0, operands), table.AsSpan(operands), context);

    /// <summary>Whether a result may lie in this operand's memory; asked only where both take the same number of bytes.</summary>
    public virtual bool MayOverwrite(int operand, int result) => false;

    /// <summary>The working memory that it asks its context for, so that a plan can announce it.</summary>
    public virtual IEnumerable<ScratchNeed> ScratchNeeds => [];

    /// <summary>Whether it needs more memory the longer its loops run.</summary>
    internal virtual bool Grows => false;

    /// <summary>What it does, for a reader: one line, or more where it has loops to show. The same text in every process.</summary>
    public virtual string Describe() => NameOf(GetType());

    private static string NameOf(Type type)
    {
        int arity = type.Name.IndexOf('`', StringComparison.Ordinal);
        return arity < 0 ? type.Name : $"{type.Name[..arity]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }

    /// <summary>The first line of <see cref="Describe"/>.</summary>
    public sealed override string ToString() => Describe().Split('\n')[0].TrimEnd('\r');
}
