using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Execute;

/// <summary>How one graph is run: its nodes in order, and the slots that their operands and results stand in.</summary>
/// <remarks>Immutable, made once for a graph by <see cref="PlanBuilder"/>, and shared by all runs; kernels have no state.</remarks>
internal sealed class Plan
{
    internal required Graph Graph { get; init; }

    internal required Step[] Steps { get; init; }

    /// <summary>For each step: its operands (see <see cref="Step"/>), the slots of its results, and slots to free.</summary>
    internal required int[] Links { get; init; }

    /// <summary>The type of the tensors that a slot holds, up to their shape; null for stacks.</summary>
    internal required TensorType?[] Slots { get; init; }

    /// <summary>The slot of each parameter.</summary>
    internal required int[] Parameters { get; init; }

    /// <summary>The slots of parameters that nothing reads.</summary>
    internal required int[] Unread { get; init; }

    /// <summary>The slot of each result.</summary>
    internal required int[] Results { get; init; }

    /// <summary>Whether a result's slot stands among the results once.</summary>
    internal required bool[] StandsOnce { get; init; }

    /// <summary>The largest number of operands of a node.</summary>
    internal required int MostOperands { get; init; }

    /// <summary>The largest number of results of a node.</summary>
    internal required int MostResults { get; init; }
}

/// <summary>One node of a <see cref="Plan"/>.</summary>
/// <remarks>An operand's link is twice its slot, plus one if it moves: this is its last use and it stands once among the operands.</remarks>
internal struct Step
{
    internal const int None = -1;

    internal Node Node;

    /// <summary>What the node lowers to, or null.</summary>
    internal Kernel? Kernel;

    /// <summary>The result of a node without operands, computed once; or null.</summary>
    internal HostValue? Constant;

    /// <summary>Where a kernel puts its results.</summary>
    internal Target[] Targets;

    internal int FirstLink;

    internal int OperandCount;

    internal int ResultCount;

    internal int FreedCount;

    /// <summary>Whether evaluation keeps none of its operands, so that those that moved can be freed.</summary>
    internal bool KeepsNothing;
}

/// <summary>Where a kernel may put a result.</summary>
/// <param name="Type">The result's dtype.</param>
/// <param name="Shape">The result's shape.</param>
/// <param name="Overwritable">The moving operands, among the first 64, in whose memory it may lie.</param>
/// <param name="GraphResult">Which result of the graph it is, or <see cref="Step.None"/>.</param>
internal readonly record struct Target(DType Type, Shape Shape, ulong Overwritable, int GraphResult);
