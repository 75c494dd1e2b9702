// Written by `rung types --lang ts` from the database's schema. Do not edit.

export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  auth: {
    Tables: {
      users: {
        Row: {
          created_at: string
          email: string | null
          id: string
        }
        Insert: {
          created_at?: string
          email?: string | null
          id?: string
        }
        Update: {
          created_at?: string
          email?: string | null
          id?: string
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      uid: {
        Args: Record<PropertyKey, never>
        Returns: string
      }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
  public: {
    Tables: {
      export_history: {
        Row: {
          completed_at: string | null
          created_at: string
          download_count: number
          duration_ms: number | null
          error_message: string | null
          expires_at: string | null
          export_format: string
          export_type: string
          file_name: string | null
          file_size_bytes: number | null
          filters: Json
          id: string
          item_count: number | null
          started_at: string | null
          status: "pending" | "processing" | "completed" | "failed" | "expired"
          storage_path: string | null
          updated_at: string
          user_id: string
        }
        Insert: {
          completed_at?: string | null
          created_at?: string
          download_count?: number
          duration_ms?: number | null
          error_message?: string | null
          expires_at?: string | null
          export_format: string
          export_type: string
          file_name?: string | null
          file_size_bytes?: number | null
          filters?: Json
          id?: string
          item_count?: number | null
          started_at?: string | null
          status?: "pending" | "processing" | "completed" | "failed" | "expired"
          storage_path?: string | null
          updated_at?: string
          user_id: string
        }
        Update: {
          completed_at?: string | null
          created_at?: string
          download_count?: number
          duration_ms?: number | null
          error_message?: string | null
          expires_at?: string | null
          export_format?: string
          export_type?: string
          file_name?: string | null
          file_size_bytes?: number | null
          filters?: Json
          id?: string
          item_count?: number | null
          started_at?: string | null
          status?: "pending" | "processing" | "completed" | "failed" | "expired"
          storage_path?: string | null
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "export_history_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      sessions: {
        Row: {
          completed_at: string | null
          correct_answers: number
          descriptions_generated: number
          id: string
          images_viewed: number
          phrases_saved: number
          points: number
          questions_answered: number
          started_at: string
          status: string
          user_id: string
        }
        Insert: {
          completed_at?: string | null
          correct_answers?: number
          descriptions_generated?: number
          id?: string
          images_viewed?: number
          phrases_saved?: number
          points?: number
          questions_answered?: number
          started_at?: string
          status?: string
          user_id: string
        }
        Update: {
          completed_at?: string | null
          correct_answers?: number
          descriptions_generated?: number
          id?: string
          images_viewed?: number
          phrases_saved?: number
          points?: number
          questions_answered?: number
          started_at?: string
          status?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "sessions_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      user_api_keys: {
        Row: {
          anthropic_key_encrypted: string | null
          created_at: string
          id: string
          last_validated_at: string | null
          openai_key_encrypted: string | null
          unsplash_key_encrypted: string | null
          updated_at: string
          user_id: string
        }
        Insert: {
          anthropic_key_encrypted?: string | null
          created_at?: string
          id?: string
          last_validated_at?: string | null
          openai_key_encrypted?: string | null
          unsplash_key_encrypted?: string | null
          updated_at?: string
          user_id: string
        }
        Update: {
          anthropic_key_encrypted?: string | null
          created_at?: string
          id?: string
          last_validated_at?: string | null
          openai_key_encrypted?: string | null
          unsplash_key_encrypted?: string | null
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "user_api_keys_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      user_progress: {
        Row: {
          accuracy_percent: number
          achievements: Json
          average_session_seconds: number
          best_session_points: number
          completed_sessions: number
          correct_answers: number
          created_at: string
          current_streak_days: number
          descriptions_generated: number
          first_session_at: string | null
          id: string
          images_viewed: number
          last_activity_date: string | null
          last_session_at: string | null
          level: number
          longest_streak_days: number
          phrases_mastered: number
          phrases_saved: number
          questions_answered: number
          skill_levels: Json
          study_seconds: number
          total_points: number
          updated_at: string
          user_id: string
          weekly_goal_sessions: number
        }
        Insert: {
          accuracy_percent?: number
          achievements?: Json
          average_session_seconds?: number
          best_session_points?: number
          completed_sessions?: number
          correct_answers?: number
          created_at?: string
          current_streak_days?: number
          descriptions_generated?: number
          first_session_at?: string | null
          id?: string
          images_viewed?: number
          last_activity_date?: string | null
          last_session_at?: string | null
          level?: number
          longest_streak_days?: number
          phrases_mastered?: number
          phrases_saved?: number
          questions_answered?: number
          skill_levels?: Json
          study_seconds?: number
          total_points?: number
          updated_at?: string
          user_id: string
          weekly_goal_sessions?: number
        }
        Update: {
          accuracy_percent?: number
          achievements?: Json
          average_session_seconds?: number
          best_session_points?: number
          completed_sessions?: number
          correct_answers?: number
          created_at?: string
          current_streak_days?: number
          descriptions_generated?: number
          first_session_at?: string | null
          id?: string
          images_viewed?: number
          last_activity_date?: string | null
          last_session_at?: string | null
          level?: number
          longest_streak_days?: number
          phrases_mastered?: number
          phrases_saved?: number
          questions_answered?: number
          skill_levels?: Json
          study_seconds?: number
          total_points?: number
          updated_at?: string
          user_id?: string
          weekly_goal_sessions?: number
        }
        Relationships: [
          {
            foreignKeyName: "user_progress_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      users: {
        Row: {
          created_at: string
          display_name: string | null
          id: string
        }
        Insert: {
          created_at?: string
          display_name?: string | null
          id: string
        }
        Update: {
          created_at?: string
          display_name?: string | null
          id?: string
        }
        Relationships: [
          {
            foreignKeyName: "users_id_fkey"
            columns: ["id"]
            isOneToOne: true
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      progress_level: {
        Args: { points: number }
        Returns: number
      }
      progress_streak: {
        Args: { last: string; today: string; streak: number }
        Returns: number
      }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DefaultSchema = Database["public"]

export type Tables<
  TableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof Database },
  TableName extends TableNameOrOptions extends { schema: keyof Database }
    ? keyof (Database[TableNameOrOptions["schema"]]["Tables"] &
        Database[TableNameOrOptions["schema"]]["Views"])
    : never = never,
> = TableNameOrOptions extends { schema: keyof Database }
  ? (Database[TableNameOrOptions["schema"]]["Tables"] &
      Database[TableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : TableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[TableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  TableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof Database },
  TableName extends TableNameOrOptions extends { schema: keyof Database }
    ? keyof Database[TableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = TableNameOrOptions extends { schema: keyof Database }
  ? Database[TableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer T
    }
    ? T
    : never
  : TableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][TableNameOrOptions] extends {
        Insert: infer T
      }
      ? T
      : never
    : never

export type TablesUpdate<
  TableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof Database },
  TableName extends TableNameOrOptions extends { schema: keyof Database }
    ? keyof Database[TableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = TableNameOrOptions extends { schema: keyof Database }
  ? Database[TableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer T
    }
    ? T
    : never
  : TableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][TableNameOrOptions] extends {
        Update: infer T
      }
      ? T
      : never
    : never

export type Enums<
  EnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof Database },
  EnumName extends EnumNameOrOptions extends { schema: keyof Database }
    ? keyof Database[EnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = EnumNameOrOptions extends { schema: keyof Database }
  ? Database[EnumNameOrOptions["schema"]]["Enums"][EnumName]
  : EnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][EnumNameOrOptions]
    : never

export type CompositeTypes<
  CompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof Database },
  CompositeTypeName extends CompositeTypeNameOrOptions extends { schema: keyof Database }
    ? keyof Database[CompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = CompositeTypeNameOrOptions extends { schema: keyof Database }
  ? Database[CompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : CompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][CompositeTypeNameOrOptions]
    : never

export const Constants = {
  auth: {
    Enums: {},
  },
  public: {
    Enums: {},
  },
} as const
