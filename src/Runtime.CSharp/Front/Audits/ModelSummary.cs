using System.Text;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>One tensor of a model.</summary>
/// <param name="Path">Where it lies: Layers[2].Weight.</param>
/// <param name="Type">Dtype and shape.</param>
/// <param name="Count">The number of elements.</param>
/// <param name="Bytes">What they take.</param>
/// <param name="IsTrained">Whether it has tangents; integers and bools have none.</param>
public sealed record ModelPart(string Path, TensorType Type, long Count, long Bytes, bool IsTrained);

/// <summary>The tensors of a model, and what it takes to run it.</summary>
/// <param name="Parts">The tensors, in the order of the structure.</param>
/// <param name="Forward">What the model's function takes; null where none was given.</param>
/// <param name="Gradient">What the function and its gradient in the model take; null where there is none.</param>
public sealed record ModelSummary(IReadOnlyList<ModelPart> Parts, GraphSize? Forward, GraphSize? Gradient)
{
    /// <summary>The number of elements that have tangents.</summary>
    public long Parameters => Parts.Where(part => part.IsTrained).Sum(part => part.Count);

    /// <summary>The bytes of all tensors.</summary>
    public long Bytes => Parts.Sum(part => part.Bytes);

    /// <summary>A table: path, type, elements, bytes; then totals and costs.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        string[] paths = [.. Parts.Select(part => part.Path.Length == 0 ? "(the model)" : ValueNames.Readable(part.Path))];
        string[] types = [.. Parts.Select(part => part.Type.ToString())];
        int first = paths.Append("tensor").Max(path => path.Length);
        int second = types.Append("type").Max(type => type.Length);
        text.Append("tensor".PadRight(first)).Append("  ").Append("type".PadRight(second)).Append($"  {"elements",12}  {"bytes",12}\n");
        for (int i = 0; i < paths.Length; i++)
        {
            text.Append(paths[i].PadRight(first)).Append("  ").Append(types[i].PadRight(second))
                .Append(FormattableString.Invariant($"  {Parts[i].Count,12:N0}  {Parts[i].Bytes,12:N0}"))
                .Append(Parts[i].IsTrained ? "\n" : "  not trained\n");
        }

        text.Append(FormattableString.Invariant($"{Parts.Count} tensors, {Parameters:N0} parameters, {GraphSize.Scaled(Bytes)}B"));
        text.Append(Forward is null ? "" : $"\nforward: {Forward}").Append(Gradient is null ? "" : $"\nwith gradient: {Gradient}");
        return text.ToString();
    }
}
