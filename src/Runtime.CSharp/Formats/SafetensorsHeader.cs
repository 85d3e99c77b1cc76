using System.Text;
using System.Text.Json;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Formats;

/// <summary>Reads the header of a safetensors file: JSON of one kind only.</summary>
internal sealed class SafetensorsHeader
{
    private const int MostDepth = 8;
    private const string MetadataKey = "__metadata__";
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly ByteReader file;
    private readonly long start;
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly List<SafetensorsEntry> entries = [];

    private SafetensorsHeader(ByteReader file, long start)
    {
        this.file = file;
        this.start = start;
    }

    /// <summary>The tensors, in the header's order.</summary>
    internal IReadOnlyList<SafetensorsEntry> Entries => entries;

    /// <summary>Texts about the file.</summary>
    internal IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Reads and checks the text of a header, which the file's reader has just read.</summary>
    internal static SafetensorsHeader Read(byte[] text, ByteReader file, long start)
    {
        var header = new SafetensorsHeader(file, start);
        if (text.Length == 0 || text[0] != '{')
        {
            throw file.Error("the header does not begin with '{'.", start);
        }

        var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MostDepth });
        try
        {
            Strict.GetCharCount(text);
            json.Read();
            header.ReadTensors(ref json);
            if (json.Read())
            {
                throw header.Unexpected(ref json, "the header's end");
            }
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            throw file.Error("the header is no JSON of tensors: " + error.Message, start + json.BytesConsumed);
        }

        header.CheckPlaces();
        return header;
    }

    private void ReadTensors(ref Utf8JsonReader json)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (NextKey(ref json, seen) is { } name)
        {
            Demand(ref json, JsonTokenType.StartObject, $"an object for {Shown(name)}");
            if (name == MetadataKey)
            {
                ReadMetadata(ref json);
            }
            else
            {
                entries.Add(ReadTensor(ref json, name));
            }
        }
    }

    private void ReadMetadata(ref Utf8JsonReader json)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (NextKey(ref json, seen) is { } key)
        {
            Demand(ref json, JsonTokenType.String, $"a string for {Shown(key)} of {MetadataKey}");
            metadata[key] = json.GetString()!;
        }
    }

    private SafetensorsEntry ReadTensor(ref Utf8JsonReader json, string name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        long place = start + json.TokenStartIndex;
        string code = "";
        List<long> shape = [], offsets = [];
        while (NextKey(ref json, seen) is { } key)
        {
            switch (key)
            {
                case "dtype":
                    Demand(ref json, JsonTokenType.String, $"a string for the dtype of {Shown(name)}");
                    code = json.GetString()!;
                    break;
                case "shape":
                    shape = Numbers(ref json, $"the shape of {Shown(name)}");
                    break;
                case "data_offsets":
                    offsets = Numbers(ref json, $"the offsets of {Shown(name)}");
                    break;
                default:
                    throw file.Error($"{Shown(name)} has the key {Shown(key)}; it may have dtype, shape and data_offsets.", place);
            }
        }

        return seen.Count == 3 ? Checked(name, code, shape, offsets, place)
            : throw file.Error($"{Shown(name)} needs dtype, shape and data_offsets; it has {seen.Count} of them.", place);
    }

    /// <summary>A tensor whose elements, by dtype and shape, take as many bytes as its offsets say.</summary>
    private SafetensorsEntry Checked(string name, string code, List<long> shape, List<long> offsets, long place)
    {
        (int bits, DType? type) = SafetensorsTypes.Of(code)
            ?? throw file.Error($"{Shown(name)} has the dtype {Shown(code)}, which is none of safetensors.", place);
        TensorType extents = file.Type(type ?? DType.U8, shape, place);
        long size = (long)extents.Shape.Size * bits;
        if (offsets.Count != 2 || offsets[0] < 0 || offsets[1] < offsets[0])
        {
            throw file.Error($"{Shown(name)} has the offsets [{string.Join(", ", offsets.Take(3))}]; a start and an end are wanted.", place);
        }

        return size % 8 == 0 && offsets[1] - offsets[0] == size / 8
            ? new(name, code, type is null ? null : extents, offsets[0], offsets[1])
            : throw file.Error(
                $"{Shown(name)} is {code}{extents.Shape} and takes {(size + 7) / 8} bytes, but its offsets "
                + $"[{offsets[0]}, {offsets[1]}] are {offsets[1] - offsets[0]} apart.",
                place);
    }

    /// <summary>The tensors lie one after the other, without holes, from the first byte to the last.</summary>
    private void CheckPlaces()
    {
        long end = 0;
        string before = "the header";
        foreach (SafetensorsEntry entry in entries.OrderBy(entry => entry.Start).ThenBy(entry => entry.End))
        {
            if (entry.Start != end)
            {
                throw file.Error(
                    $"{Shown(entry.Name)} starts at {entry.Start}, {(entry.Start < end ? "inside" : "not at the end of")} {before}, which ends at {end}.");
            }

            end = entry.End;
            before = Shown(entry.Name);
        }

        if (file.Left is { } left && left != end)
        {
            throw file.Error(left < end
                ? $"the file is cut short: the tensors take {end} bytes, there are {left}."
                : $"the file goes on after the last tensor: they take {end} bytes, there are {left}.");
        }
    }

    /// <summary>The next key of an object, or null at its end; no key may be there twice.</summary>
    private string? NextKey(ref Utf8JsonReader json, HashSet<string> seen)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        string key = json.GetString()!;
        return seen.Add(key) ? key : throw file.Error($"the header has the key {Shown(key)} twice.", start + json.TokenStartIndex);
    }

    private List<long> Numbers(ref Utf8JsonReader json, string what)
    {
        Demand(ref json, JsonTokenType.StartArray, $"a list for {what}");
        var numbers = new List<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long number))
            {
                throw Unexpected(ref json, $"a whole number below 2^63 in {what}");
            }

            if (numbers.Count == ByteReader.MostAxes)
            {
                throw file.Error($"{what} has more than {ByteReader.MostAxes} numbers.", start + json.TokenStartIndex);
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private void Demand(ref Utf8JsonReader json, JsonTokenType kind, string wanted)
    {
        if (!json.Read() || json.TokenType != kind)
        {
            throw Unexpected(ref json, wanted);
        }
    }

    private Core.FormatException Unexpected(ref Utf8JsonReader json, string wanted) =>
        file.Error($"{json.TokenType} stands where {wanted} is wanted.", start + json.TokenStartIndex);

    private static string Shown(string text) => NpyLiteral.Shown(text);
}
