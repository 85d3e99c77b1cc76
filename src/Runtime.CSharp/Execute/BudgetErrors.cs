using System.Globalization;
using Adjoint.Compile;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Execute;

/// <summary>Says where memory goes that a budget does not hold.</summary>
internal static class BudgetErrors
{
    private const int Named = 3;

    /// <summary>The error for a budget that cannot be reached.</summary>
    internal static MemoryBudgetException Unreachable(long budget, Fitted least)
    {
        bool isOpen = least.Bytes >= MemoryFit.Unbounded;
        long bytes = isOpen ? least.Last : least.Bytes;
        string found = isOpen
            ? "a loop of unknown length in the step of another loop remembers a stack for each of that loop's steps, which nothing bounds"
            : string.Create(CultureInfo.InvariantCulture, $"the least that was found is {bytes}");
        string cure = isOpen
            ? "Put checkpoint around what such a step does: then the inner loop runs again on the way back, and is held within the budget."
            : $"{Where(least)}Raise the budget, or make these smaller.";
        return new(
            string.Create(CultureInfo.InvariantCulture, $"compile: the memory budget of {budget} bytes is too small; {found}. {cure}"), bytes);
    }

    private static string Where(Fitted least)
    {
        IEnumerable<string> values = least.Graph.Nodes
            .Where(node => node.Primitive is not (Reshape or StopGradient))
            .SelectMany(node => node.Results.Select(result => (Value: result, Bytes: Compile.Memory.LoopPair.BytesOf(result.Type))))
            .OrderByDescending(item => item.Bytes)
            .Take(Named)
            .Where(item => item.Bytes > 0)
            .Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Value.Type}, {item.Bytes} bytes, by {item.Value.Producer!.Primitive.Name}{Role(least.Graph, item.Value)}"));
        string list = string.Join("; ", values);
        return list.Length == 0 ? "" : $"The largest values: {list}. ";
    }

    private static string Role(Graph graph, Value value)
    {
        string place = value.Producer!.Origin.ToString() is { Length: > 0 } origin ? $" in {origin}" : "";
        return graph.Results.Contains(value) ? $"{place}, a result" : place;
    }
}
