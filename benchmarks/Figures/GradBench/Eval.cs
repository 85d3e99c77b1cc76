using System.Text.Json;
using Adjoint.Core;
using Adjoint.Examples.GradBench;
using Figures.Native;
using Adjoint.Ir;
using Microsoft.FSharp.Core;
using Nothing = Microsoft.FSharp.Core.Unit;

namespace Figures.GradBench;

/// <summary>A function of an eval: what examples/GradBench calls it, and what its counterpart writes.</summary>
/// <param name="Name">The function's name in its module.</param>
/// <param name="Results">The types of the counterpart's results.</param>
/// <param name="Choose">Those of the counterpart's numbers that an answer holds, in its order.</param>
internal sealed record EvalFunction(string Name, TensorType[] Results, Func<double[][], double[]> Choose)
{
    /// <summary>One whose answer holds all numbers.</summary>
    public static EvalFunction Of(string name, params TensorType[] results) => new(name, results, all => [.. all.SelectMany(array => array)]);
}

/// <summary>A case of GradBench: its input as a message holds it and as its counterpart gets it.</summary>
internal sealed record Eval
{
    /// <summary>The module, and the size after it.</summary>
    public required string Name { get; init; }

    /// <summary>The file in benchmarks/Native.</summary>
    public required string Source { get; init; }

    /// <summary>Fields of the message's input.</summary>
    public required Dictionary<string, object> Input { get; init; }

    /// <summary>What the counterpart reads.</summary>
    public required NDArray[] Arguments { get; init; }

    /// <summary>What the counterpart is told beside.</summary>
    public required long[] Sizes { get; init; }

    /// <summary>The function.</summary>
    public required EvalFunction Value { get; init; }

    /// <summary>Its gradient, jacobian or direction.</summary>
    public required EvalFunction Gradient { get; init; }

    /// <summary>The module of examples/GradBench.</summary>
    public string Module => Name.Split(' ')[0];

    /// <summary>A run of one of the functions, compiled already.</summary>
    public FSharpFunc<Nothing, FSharpFunc<Nothing, Output>> Ready(EvalFunction function) =>
        Protocol.modules[Module][function.Name].Invoke(JsonSerializer.SerializeToElement(Input));

    /// <summary>The numbers of an answer, in order.</summary>
    public static IEnumerable<double> Flatten(Output output) => output switch
    {
        Output.Number number => [number.Item],
        Output.Numbers numbers => numbers.Item,
        Output.Rows rows => rows.Item.Cast<double>(),
        Output.Whole whole => [whole.Item],
        Output.Wholes wholes => wholes.Item.Select(number => (double)number),
        Output.Fields fields => fields.Item.SelectMany(field => Flatten(field.Item2)),
        _ => throw new InvalidOperationException($"An answer holds a {output.GetType().Name}."),
    };

    /// <summary>Empty arrays for the counterpart's results.</summary>
    public static NDArray[] Fresh(EvalFunction function) => [.. function.Results.Select(type => Entry.Pinned(type.DType, type.Shape))];
}
