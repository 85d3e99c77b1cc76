using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Execute;

/// <summary>How one graph is run: its nodes in order, and where their operands and results are.</summary>
/// <remarks>
/// <para>A value that kernels alone make and read lies at a place that is planned: in a block of memory that the frame keeps for its dtype,
/// shared with values that live at other times. Its array is the same in every run, so a step costs a call and nothing else. Constants and
/// views of such values are planned too.</para>
/// <para>Any other value (parameters, results, what is evaluated plainly) stands in a slot and says for itself whether it is owned; its memory
/// comes from the arena.</para>
/// <para>Immutable, made once for a graph by <see cref="PlanBuilder"/>, and shared by all runs; kernels have no state.</para>
/// </remarks>
internal sealed class Plan
{
    internal required Graph Graph { get; init; }

    /// <summary>The plan of the same graph for several threads, where some of its kernels run side by side and that takes more memory.</summary>
    internal Plan? Wide { get; init; }

    internal required Step[] Steps { get; init; }

    /// <summary>The operands and results of each step that is a kernel: places in <see cref="Arrays"/>, or <see cref="Step.None"/> for what stands in a slot.</summary>
    internal required int[] Wires { get; init; }

    /// <summary>The planned arrays.</summary>
    internal required PlannedArray[] Arrays { get; init; }

    /// <summary>The bytes of the block of each dtype.</summary>
    internal required IReadOnlyDictionary<DType, long> Blocks { get; init; }

    /// <summary>What each step does with slots; see <see cref="Step"/>.</summary>
    internal required int[] Links { get; init; }

    /// <summary>The results of kernels that stand in slots, step by step.</summary>
    internal required Output[] Outputs { get; init; }

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

    /// <summary>
    /// Where the plan is one kernel between parameters and results: for each of its operands the parameter, or <see cref="Step.None"/> for a
    /// constant, then for each of its results the place among the graph's. Otherwise empty.
    /// </summary>
    internal required int[] Direct { get; init; }

    /// <summary>The largest number of kernels that run together.</summary>
    internal required int MostTogether { get; init; }

    /// <summary>The largest number of operands of a node that is evaluated.</summary>
    internal required int MostOperands { get; init; }
}

/// <summary>How a node of a plan runs.</summary>
internal enum StepKind
{
    /// <summary>A small result without operands, computed once.</summary>
    Constant,

    /// <summary>As a kernel.</summary>
    Kernel,

    /// <summary>Its result is its operand's memory, or a part of it, under another shape.</summary>
    View,

    /// <summary>By evaluation.</summary>
    Plain,
}

/// <summary>One node of a <see cref="Plan"/>.</summary>
/// <remarks>
/// <para>A link is twice a slot, plus one if the value moves: this is its last use and nothing else among the operands shares its memory.</para>
/// <para>The links of a kernel: for each operand in a slot its place among the operands and its link; then slots to free. Of a view: the
/// operand's slot and where in it the result begins; then slots to free. Of an evaluation: each operand's link, each result's slot, slots to
/// free. Of a constant: its slot.</para>
/// </remarks>
internal struct Step
{
    internal const int None = -1;

    internal Node Node;

    internal StepKind Kind;

    /// <summary>How many steps run together from this one on, all of them kernels; 1 within such a row.</summary>
    internal int Width;

    /// <summary>What a kernel step runs.</summary>
    internal Kernel? Kernel;

    /// <summary>The planned array of a constant or a view.</summary>
    internal int Array;

    internal int FirstWire;

    internal int FirstLink;

    internal int OperandCount;

    internal int ResultCount;

    /// <summary>How many operands of a kernel stand in slots.</summary>
    internal int InputCount;

    internal int FirstOutput;

    /// <summary>How many results of a kernel stand in slots.</summary>
    internal int OutputCount;

    internal int FreedCount;

    /// <summary>The number of elements of all results of a kernel.</summary>
    internal long Elements;

    /// <summary>Whether evaluation only reads some operands, so that those of them that moved can be freed.</summary>
    internal bool Lends;
}

/// <summary>A result of a kernel that stands in a slot.</summary>
/// <param name="Result">Which result of the node.</param>
/// <param name="Slot">Its slot, or <see cref="Step.None"/> where nothing reads it.</param>
/// <param name="Type">Its type.</param>
/// <param name="Overwritable">The moving operands in slots, by their order among the step's inputs, the first 64, in whose memory it may lie.</param>
/// <param name="GraphResult">Which result of the graph it is, or <see cref="Step.None"/>.</param>
internal readonly record struct Output(int Result, int Slot, TensorType Type, ulong Overwritable, int GraphResult);

/// <summary>An array whose place is planned.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Start">Its first element in the block of its dtype.</param>
/// <param name="Constant">The array itself, where it is a constant or part of one.</param>
/// <param name="IsView">Whether it is a view of a value in a slot, and so lies elsewhere in each run.</param>
internal sealed record PlannedArray(TensorType Type, long Start, NDArray? Constant, bool IsView);
