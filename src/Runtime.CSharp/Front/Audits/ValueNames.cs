using System.Text;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>Names of values in explanations: parameters by their paths, literals as numbers, other values as %0, %1 … through all bodies.</summary>
internal sealed class ValueNames
{
    private const int MostLetters = 60;

    private readonly Dictionary<Value, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> taken = [];
    private int count;

    /// <summary>The name of a value that was named.</summary>
    internal string this[Value value] => names.TryGetValue(value, out string? name) ? name : Literal(value) ?? "?";

    /// <summary>Whether a node is a number, or one repeated: it is shown where it is used.</summary>
    internal static bool IsLiteral(Node node) => node.Primitive is Constant
        || (node.Primitive is Broadcast && node.Operands[0].Producer?.Primitive is Constant);

    /// <summary>Names a node's result.</summary>
    internal void Number(Value value)
    {
        names[value] = $"%{count}";
        count++;
    }

    /// <summary>Names a parameter by its own name where it has one.</summary>
    internal void Parameter(Value value)
    {
        if (string.IsNullOrEmpty(value.Name))
        {
            Number(value);
            return;
        }

        string name = Readable(value.Name);
        for (int i = 2; !taken.Add(name); i++)
        {
            name = $"{Readable(value.Name)}'{i}";
        }

        names[value] = name;
    }

    /// <summary>A name on one line, of printable characters, not too long.</summary>
    internal static string Readable(string name)
    {
        string cut = name.Length > MostLetters ? $"{name[..MostLetters]}…" : name;
        if (cut.All(letter => char.IsLetterOrDigit(letter) || letter is '.' or '_' or '[' or ']' or '…' or '\''))
        {
            return cut;
        }

        var text = new StringBuilder();
        QuotedText.Write(text, cut);
        return text.ToString();
    }

    private static string? Literal(Value value) => value.Producer switch
    {
        { Primitive: Constant constant } => Finite.Number(constant.Value),
        { Primitive: Broadcast } node when node.Operands[0].Producer?.Primitive is Constant constant => Finite.Number(constant.Value),
        _ => null,
    };
}
