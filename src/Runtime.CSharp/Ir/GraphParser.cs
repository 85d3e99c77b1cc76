using System.Collections.Immutable;
using System.Globalization;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Reads the text form of a graph. It recurs for nested bodies alone, and these no deeper than a limit.</summary>
internal sealed class GraphParser
{
    private readonly GraphLexer lexer;
    private readonly PrimitiveCatalogue catalogue;
    private readonly TypeParser types;
    private readonly AttributeParser attributes;
    private int depth;

    internal GraphParser(GraphLexer lexer, PrimitiveCatalogue catalogue)
    {
        this.lexer = lexer;
        this.catalogue = catalogue;
        types = new(lexer);
        attributes = new(lexer, ReadGraph);
    }

    /// <summary>The graph that is the whole text.</summary>
    internal Graph Parse()
    {
        Graph graph = ReadGraph();
        return lexer.Next.Kind == TokenKind.End ? graph : throw lexer.Unexpected("the text's end");
    }

    private Graph ReadGraph()
    {
        if (++depth > GraphText.MaxDepth)
        {
            throw lexer.Error(lexer.Next, $"bodies are nested deeper than {GraphText.MaxDepth}.");
        }

        lexer.Expect("graph");
        var scope = new Dictionary<int, Value>();
        ImmutableArray<Value> parameters = ReadParameters(scope);
        lexer.Expect("{");
        while (!lexer.TryTake("return"))
        {
            ReadNode(scope);
        }

        ImmutableArray<Value> results = lexer.Next.Kind == TokenKind.Name ? ReadUses(scope) : [];
        lexer.Expect("}");
        depth--;
        return new(parameters, results);
    }

    private ImmutableArray<Value> ReadParameters(Dictionary<int, Value> scope)
    {
        lexer.Expect("(");
        if (lexer.TryTake(")"))
        {
            return [];
        }

        var parameters = ImmutableArray.CreateBuilder<Value>();
        foreach ((Token name, _, ValueType type) in ReadDefinitions())
        {
            parameters.Add(Value.Parameter(type));
            Define(scope, name, parameters[^1]);
        }

        lexer.Expect(")");
        return parameters.ToImmutable();
    }

    private void ReadNode(Dictionary<int, Value> scope)
    {
        List<(Token Name, Token Type, ValueType Written)> definitions = ReadDefinitions();
        lexer.Expect("=");
        Token operation = lexer.Take(TokenKind.Word, "the name of a primitive");
        lexer.Expect("(");
        ImmutableArray<Value> operands = lexer.Next.Kind == TokenKind.Name ? ReadUses(scope) : [];
        lexer.Expect(")");
        Primitive primitive = ReadPrimitive(operation);
        Origin? origin = ReadOrigin();
        Node node = Checked(operation, () => Node.Make(primitive, operands, origin));
        if (definitions.Count != node.Results.Length)
        {
            throw lexer.Error(definitions[0].Name, $"{primitive.Name} has {node.Results.Length} results, not {definitions.Count}.");
        }

        for (int i = 0; i < definitions.Count; i++)
        {
            (Token name, Token type, ValueType written) = definitions[i];
            if (!written.Equals(node.Results[i].Type))
            {
                throw lexer.Error(type, $"{primitive.Name} gives {node.Results[i].Type}, not {written}.");
            }

            Define(scope, name, node.Results[i]);
        }
    }

    private Primitive ReadPrimitive(Token operation)
    {
        PrimitiveEntry entry = catalogue.Find(lexer.Letters(operation).ToString())
            ?? throw lexer.Error(operation, $"no primitive has the name {lexer.Shown(operation)}.");
        Dictionary<string, (Token Place, object Value)> read = attributes.Read();
        var values = read.ToDictionary(pair => pair.Key, pair => pair.Value.Value);
        Primitive primitive = Checked(operation, () => entry.Read(new(entry.Name, values)));
        foreach (NamedAttribute known in read.Count == 0 ? [] : primitive.Attributes)
        {
            read.Remove(known.Name);
        }

        return read.Count == 0
            ? primitive
            : throw lexer.Error(read.Values.First().Place, $"{entry.Name} has no attribute {lexer.Shown(read.Values.First().Place)}.");
    }

    private Origin? ReadOrigin()
    {
        if (!lexer.TryTake("@"))
        {
            return null;
        }

        string scope = attributes.ReadQuoted();
        if (!lexer.TryTake(","))
        {
            return new(scope, null, 0);
        }

        string file = attributes.ReadQuoted();
        lexer.Expect(":");
        return new(scope, file, attributes.ReadInt());
    }

    /// <summary>What making a node or a primitive says against it, said with the place.</summary>
    private T Checked<T>(Token place, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (AdjointException error)
        {
            throw lexer.Error(place, error.Message);
        }
    }

    private List<(Token Name, Token TypePlace, ValueType Type)> ReadDefinitions()
    {
        var definitions = new List<(Token, Token, ValueType)>(1);
        do
        {
            Token name = lexer.Take(TokenKind.Name, "a value's name");
            lexer.Expect(":");
            definitions.Add((name, lexer.Next, types.Read()));
        }
        while (lexer.TryTake(","));
        return definitions;
    }

    private ImmutableArray<Value> ReadUses(Dictionary<int, Value> scope)
    {
        var uses = ImmutableArray.CreateBuilder<Value>(1);
        do
        {
            Token name = lexer.Take(TokenKind.Name, "a value's name");
            uses.Add(scope.TryGetValue(Number(name), out Value? value)
                ? value
                : throw lexer.Error(name, $"{lexer.Shown(name)} is not defined before."));
        }
        while (lexer.TryTake(","));
        return uses.DrainToImmutable();
    }

    private void Define(Dictionary<int, Value> scope, Token name, Value value)
    {
        if (!scope.TryAdd(Number(name), value))
        {
            throw lexer.Error(name, $"{lexer.Shown(name)} is defined twice.");
        }
    }

    private int Number(Token name) =>
        int.TryParse(lexer.Letters(name)[1..], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw lexer.Error(name, $"{lexer.Shown(name)} is no name: % is followed by a number below 2^31.");
}
