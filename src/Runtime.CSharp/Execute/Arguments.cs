using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>Whether what a run is given fits the graph.</summary>
internal static class Arguments
{
    /// <summary>Throws unless there is a value of its type for each parameter.</summary>
    internal static void Check(Graph graph, ReadOnlySpan<HostValue> arguments)
    {
        if (arguments.Length != graph.Parameters.Length)
        {
            string wanted = string.Join(", ", graph.Parameters.Select(Describe));
            throw new StructureException(
                $"run: {Count(arguments.Length, "argument")} for {Count(graph.Parameters.Length, "parameter")} ({wanted}).");
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            Value parameter = graph.Parameters[i];
            if (arguments[i] is NDArray { Fate: { } fate })
            {
                throw new AdjointException(fate);
            }

            if (!Fits(arguments[i], parameter.Type))
            {
                string name = parameter.Name is null ? "" : $" '{parameter.Name}'";
                throw Misfit($"argument {i}{name}", "its parameter", arguments[i], parameter.Type);
            }
        }
    }

    /// <summary>Throws unless there is an array of its type for each result.</summary>
    internal static void CheckTargets(Graph graph, ReadOnlySpan<NDArray> targets)
    {
        if (targets.Length != graph.Results.Length)
        {
            string wanted = string.Join(", ", graph.ResultTypes);
            throw new StructureException(
                $"run: {Count(targets.Length, "array")} to write into for {Count(graph.Results.Length, "result")} ({wanted}).");
        }

        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] is { Fate: { } fate })
            {
                throw new AdjointException(fate);
            }

            if (!Fits(targets[i], graph.Results[i].Type))
            {
                throw Misfit($"the array for result {i}", "the result", targets[i], graph.Results[i].Type);
            }
        }
    }

    private static bool Fits(HostValue? value, ValueType type) => value switch
    {
        NDArray array => type is TensorType tensor
            && tensor.DType == array.Type
            && (ReferenceEquals(tensor.Shape, array.Shape) || tensor.Shape.Equals(array.Shape)),
        HostStack stack => ValueTypes.Of(stack).Equals(type),
        _ => false,
    };

    private static AdjointException Misfit(string what, string whose, HostValue? value, ValueType type) => (value, type) switch
    {
        (null, _) => new StructureException($"run: {what} is null; {whose} is {type}."),
        (NDArray array, TensorType tensor) when array.Type != tensor.DType => new DTypeException(
            $"run: {what} is {array.Describe()}, {whose} is {tensor} ({array.Type.Name()} against {tensor.DType.Name()}). Cast it?"),
        (NDArray array, TensorType tensor) => new ShapeException(
            $"run: {what} is {array.Describe()}, {whose} is {tensor} ({array.Shape} against {tensor.Shape})."),
        (NDArray array, _) => new StructureException($"run: {what} is {array.Describe()}, {whose} is {type}."),
        (_, TensorType) => new StructureException($"run: {what} is a stack, {whose} is {type}."),
        _ => new StructureException($"run: {what} is a stack with entries of another type, {whose} is {type}."),
    };

    private static string Describe(Value parameter) => parameter.Name is null ? $"{parameter.Type}" : $"{parameter.Name}: {parameter.Type}";

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
